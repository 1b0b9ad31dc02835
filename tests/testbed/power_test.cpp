#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/errors.hpp"
#include "support/temp_folder.hpp"
#include "testbed/contention.hpp"
#include "testbed/device_profile.hpp"

namespace oneadapt {
namespace {

using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

class PowerTest : public ::testing::Test {
  protected:
    std::filesystem::path write(const std::string& name, const std::string& text) {
        std::ofstream(folder_ / name) << text;
        return folder_ / name;
    }
    void refuses_costs(const std::string& rows, const std::string& message) {
        const auto csv =
            write("mine.csv", "dnn,width,height,exit,cap_watts,seconds,watts\n" + rows);
        EXPECT_THAT([&] { with_costs({}, csv); }, ThrowsMessage<InputError>(HasSubstr(message)))
            << rows;
    }
    void refuses_environment(const std::string& text, const std::string& message) {
        const std::string csv = write("env.csv", text).string();
        Environment environment;
        EXPECT_THAT([&] { contend(environment, csv, true); },
                    ThrowsMessage<InputError>(HasSubstr(message)))
            << text;
    }

    test::TempFolder folder_;
};

TEST_F(PowerTest, ACapSlowsByTheCubeRootOfItsPower) {
    const PowerLaw law{.caps_watts = {20, 10}, .static_watts = 4, .frequency_bound = 1};
    EXPECT_DOUBLE_EQ(law.frequency(20, 20), 1);
    EXPECT_DOUBLE_EQ(law.frequency(30, 20), 1) << "a cap above what it draws caps nothing";
    EXPECT_DOUBLE_EQ(law.frequency(6, 20), 0.5) << "an eighth of the dynamic power";
    EXPECT_DOUBLE_EQ(law.slowdown(6, 20), 2);
    const PowerLaw half{.caps_watts = {20}, .static_watts = 4, .frequency_bound = 0.5};
    EXPECT_DOUBLE_EQ(half.slowdown(6, 20), 1.5) << "half of the work waits for memory";
}

TEST_F(PowerTest, AProfileMakesCapsOfItsCostWithoutOne) {
    DeviceProfile profile{.name = "p", .forward_s_per_gflop = 0.1, .server_watts = 20};
    EXPECT_THROW(profile.cost("x", {64, 48}, 2, 0, 6), InputError) << "it has no law";
    profile.power = {.caps_watts = {20, 6}, .static_watts = 4, .frequency_bound = 1};
    const DnnCost capped = profile.cost("x", {64, 48}, 2, 0, 6);
    EXPECT_DOUBLE_EQ(capped.seconds, 0.4);
    EXPECT_DOUBLE_EQ(capped.watts, 6);
    profile.dnns.push_back({"x", {64, 48}, 0, 0, 0.03, 10});
    const DnnCost measured = profile.cost("x", {64, 48}, 2, 0, 4.75);
    EXPECT_DOUBLE_EQ(measured.seconds, 0.06);
    EXPECT_DOUBLE_EQ(measured.watts, 4.75);
    EXPECT_DOUBLE_EQ(profile.cost("x", {64, 48}, 2, 0, 15).watts, 10) << "it draws no more";
}

TEST_F(PowerTest, MeasuredCostsAreComplete) {
    const auto csv = write("mine.csv",
                           "dnn,width,height,exit,cap_watts,seconds,watts\n"
                           "a,64,48,0,20,0.1,18\na,64,48,0,10,0.2,9.5\n");
    const DeviceProfile profile = with_costs({}, csv);
    EXPECT_EQ(profile.caps(), (std::vector<double>{20, 10}));
    EXPECT_EQ(profile.cost("a", {64, 48}, 1, 0, 10).seconds, 0.2);
    EXPECT_THROW(profile.cost("a", {64, 48}, 1, 0, 15), InputError);
    refuses_costs("a,64,48,0,20,0.1,18\na,64,48,0,10,0.2,9\nb,64,48,0,20,0.1,18\n",
                  "lacks b at 64x48, 10 W");
    refuses_costs("a,64,48,0,10,0.1,30\n", "a at 64x48, 10 W takes 30 W; give watts that keep to");
    refuses_costs("a,64,48,0,20,0.2,18\na,64,48,0,10,0.1,9\n", "a higher cap makes nothing slower");
    refuses_costs("a,64,48,0,20,0.1,8\na,64,48,0,10,0.2,9\n", "draws no less");
    refuses_costs("a,64,48,0,20,0.1,-8\n",
                  "mine.csv:2: '-8' in column 'watts' is not a number from 0 to ");
    refuses_costs("a,64,48,1,20,0.1,8\na,64,48,3,20,0.2,8\n", "lacks exit 2 of a");
    refuses_costs("a,64,48,1,20,0.1,8\na,64,48,2,20,0.1,8\n", "a later exit takes longer");
    refuses_costs("a,64,48,0,20,0.1\n", "Too few columns in line 2");
    refuses_costs("a,64,48,0,20,0.1,8\na,64,48,0,20,0.1,8\n", "same DNN, size, exit and cap");
    refuses_costs("", "has no rows");
}

TEST_F(PowerTest, ShippedProfilesSayThatTheyAreModelled) {
    const std::filesystem::path devices =
        std::filesystem::path(ONEADAPT_SOURCE_DIR) / "datasets" / "devices";
    for (const char* name : {"embedded", "laptop", "server-cpu", "gpu"}) {
        const DeviceProfile profile = load_device_profile(devices / (std::string(name) + ".json"));
        EXPECT_THAT(profile.source, HasSubstr("modelled, not measured"));
        EXPECT_GE(profile.caps().size(), 6U);
        EXPECT_EQ(profile.caps().front(), profile.server_watts);
        double seconds = 0;
        for (const double cap : profile.caps()) {
            const DnnCost cost = profile.cost("any", {640, 352}, 1, 0, cap);
            EXPECT_GT(cost.seconds, seconds) << name << " " << cap;
            EXPECT_EQ(cost.watts, cap);
            seconds = cost.seconds;
        }
    }
}

TEST_F(PowerTest, CapsOutOfRangeAreRefused) {
    const auto json = write("p.json", R"({"name": "p", "encode_s_per_megapixel": 0,
        "camera_watts": 0, "server_encode_s_per_megapixel": 0, "forward_s_per_gflop": 1,
        "backward_ratio": 1, "server_watts": 20, "latency_s": 0,
        "power": {"caps_watts": [20, 3], "static_watts": 4, "frequency_bound": 1}})");
    EXPECT_THAT([&] { load_device_profile(json); },
                ThrowsMessage<InputError>(HasSubstr("has caps out of range: 3 to 20 W")));
}

double mean_slowdown(const Environment& environment) {
    return 3600 / environment.speed->amount({0}, {3600});
}

TEST_F(PowerTest, NamedEnvironmentsAreWhatTheySay) {
    Environment calm, cpu, memory, again, other;
    contend(calm, "default", true);
    contend(cpu, "cpu", true);
    contend(memory, "memory", true);
    contend(again, "memory:1", true);
    contend(other, "memory:2", true);
    EXPECT_NEAR(mean_slowdown(calm), 1, 0.01);
    EXPECT_GT(mean_slowdown(cpu), 1.1);
    EXPECT_GT(mean_slowdown(memory), mean_slowdown(cpu));
    EXPECT_EQ(mean_slowdown(again), mean_slowdown(memory));
    EXPECT_NE(mean_slowdown(other), mean_slowdown(memory));
    EXPECT_NEAR(calm.idle_ratio->amount({0}, {100}), 25, 1e-9);
    EXPECT_FALSE(calm.end);
    contend(calm, "default", false);
    EXPECT_NEAR(calm.end->value, 3600, 1);
    EXPECT_THAT([&] { contend(calm, "memory:x", true); },
                ThrowsMessage<UsageError>(HasSubstr("'x' is not a seed")));
}

TEST_F(PowerTest, RecordedEnvironmentsAreRead) {
    Environment environment;
    contend(environment,
            write("env.csv", "seconds,slowdown,idle_ratio\n0,1,0.2\n2,2,0.6\n4,2,0.6\n").string(),
            false);
    EXPECT_DOUBLE_EQ(environment.speed->amount({0}, {4}), 3);
    EXPECT_DOUBLE_EQ(environment.idle_ratio->amount({1}, {3}), 0.8);
    EXPECT_EQ(environment.end->value, 4);
    refuses_environment("0,1,0.2\n", "fewer than two rows");
    refuses_environment("0,1\n1,1\n", "env.csv:1: is not three columns");
    refuses_environment("0,0,0.2\n1,1,1\n", "slowdown 0 cannot be");
    refuses_environment("0,1,-1\n1,1,1\n", "'-1' is not a number");
    refuses_environment("0,1,1\n0,1,1\n", "env.csv:2: its seconds are out of order");
    refuses_environment("1,1,1\n2,1,1\n", "start at 0");
}

}  // namespace
}  // namespace oneadapt
