#include "support/energy_meter.hpp"

#include <fstream>

#include <gtest/gtest.h>

#include "support/temp_folder.hpp"

namespace oneadapt {
namespace {

class EnergyMeterTest : public ::testing::Test {
  protected:
    void package(const std::string& name, double microjoules, double range) const {
        std::filesystem::create_directories(folder / name);
        set(name, microjoules);
        std::ofstream(folder / name / "max_energy_range_uj") << std::fixed << range;
    }
    void set(const std::string& name, double microjoules) const {
        std::ofstream(folder / name / "energy_uj") << std::fixed << microjoules;
    }

    test::TempFolder folder;
};

TEST_F(EnergyMeterTest, IsNoneWithoutCounters) {
    EXPECT_FALSE(EnergyMeter::find(folder / "none"));
    std::filesystem::create_directories(folder / "intel-rapl");
    package("intel-rapl:0:0", 5, 100);
    EXPECT_FALSE(EnergyMeter::find(folder.path())) << "a part of a package is none";
}

TEST_F(EnergyMeterTest, AddsThePackagesUp) {
    package("intel-rapl:0", 1e6, 1e9);
    package("intel-rapl:1", 2e6, 1e9);
    package("intel-rapl:0:0", 0, 1e9);
    const auto meter = EnergyMeter::find(folder.path());
    ASSERT_TRUE(meter);
    int calls = 0;
    const double watts = meter->watts(
        [&] {
            ++calls;
            set("intel-rapl:0", 1e6 + 3e9);
            set("intel-rapl:1", 2e6 + 4e9);
            set("intel-rapl:0:0", 9e9);
        },
        0.0);
    EXPECT_EQ(calls, 1);
    // 7 kJ in less than a second.
    EXPECT_GT(watts, 7000);
}

TEST_F(EnergyMeterTest, CountersStartAgain) {
    EXPECT_DOUBLE_EQ(EnergyMeter::joules_between(2e6, 5e6, 9e6), 3);
    EXPECT_DOUBLE_EQ(EnergyMeter::joules_between(8e6, 1e6, 9e6), 2);
}

}  // namespace
}  // namespace oneadapt
