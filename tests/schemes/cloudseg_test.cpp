#include <gtest/gtest.h>

#include "schemes/stage.hpp"

// In the fake world three quarters of the contrast survive at half the resolution, and the network
// doubles what is left.

namespace oneadapt {
namespace {

using test::Stage;

class CloudSegTest : public ::testing::Test {
  protected:
    std::vector<Stage::Played> cloudseg(const std::string& how, const std::string& network) {
        return stage_.play("cloudseg", 1, {{"network", network}}, Configuration::parse(how));
    }
    std::vector<Stage::Played> plain(const std::string& how) {
        return stage_.play("static", 1, {}, Configuration::parse(how));
    }
    static void expect_equal(const std::vector<Stage::Played>& a,
                             const std::vector<Stage::Played>& b) {
        ASSERT_EQ(a.size(), b.size());
        for (std::size_t i = 0; i < a.size(); ++i) {
            EXPECT_EQ(a[i].ledger, b[i].ledger);
            EXPECT_EQ(a[i].accuracy, b[i].accuracy);
            EXPECT_EQ(a[i].delay->value, b[i].delay->value);
        }
    }

    Stage stage_{3, {"resolution"}, {}, {}, {{"resolution", {1, 0.5, 0.25}}}};
};

TEST_F(CloudSegTest, WithoutItsNetworkIsPlainResolution) {
    for (const char* how : {"resolution=1", "resolution=0.5", "resolution=0.25"}) {
        expect_equal(cloudseg(how, "none"), plain(how));
    }
}

TEST_F(CloudSegTest, AtFullResolutionThereIsNothingToMakeLarger) {
    expect_equal(cloudseg("resolution=1", "task"), plain("resolution=1"));
}

TEST_F(CloudSegTest, TheNetworkHelpsAndIsPaidForOnTheServer) {
    const auto helped = cloudseg("resolution=0.25", "task");
    const auto alone = plain("resolution=0.25");
    const double each = stage_.world().auxiliary(AuxiliaryUse::picture).gflop;
    double gained = 0;
    for (std::size_t i = 0; i < helped.size(); ++i) {
        EXPECT_EQ(helped[i].ledger.uplink_bytes, alone[i].ledger.uplink_bytes);
        EXPECT_EQ(helped[i].ledger.forward_frames, alone[i].ledger.forward_frames);
        EXPECT_EQ(helped[i].ledger.busy_camera, alone[i].ledger.busy_camera);
        EXPECT_NEAR(helped[i].ledger.gflop, alone[i].ledger.gflop + 10 * each, 1e-12);
        EXPECT_NEAR(helped[i].delay->value, alone[i].delay->value + 10 * each, 1e-9);
        gained += helped[i].accuracy - alone[i].accuracy;
    }
    EXPECT_GT(gained, 0.1);
}

}  // namespace
}  // namespace oneadapt
