#include "schemes/toys/toy.hpp"

#include "support/errors.hpp"

// In the fake world an object of contrast c, 55 to 120, scores c / 110 of what survives of it, and
// counts from 0.5 on. At qp 38, 64 % survives: some objects are found, the others are proposals.

namespace oneadapt {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

const Configuration kLow = Configuration::parse("qp=38");

class DdsTest : public test::ToyTest {
  protected:
    /// An object fills an eighth of the frame, which counts as small here.
    std::vector<test::Stage::Played> dds(std::map<std::string, std::string> settings = {},
                                         const Configuration& low = kLow) {
        settings.try_emplace("largest", "1");
        return stage_.play("dds", 1, settings, low);
    }
    std::vector<test::Stage::Played> alone(const Configuration& how) {
        return stage_.play("static", 1, {}, how);
    }
    static void expect_equal(const test::Stage::Played& a, const test::Stage::Played& b) {
        EXPECT_EQ(a.ledger, b.ledger);
        EXPECT_EQ(a.accuracy, b.accuracy);
        EXPECT_EQ(a.delay->value, b.delay->value);
    }
};

TEST_F(DdsTest, WithNothingOpenIsItsFirstPass) {
    const auto played = dds({{"proposals", "1"}});
    const auto low = alone(kLow);
    for (std::size_t i = 0; i < played.size(); ++i) expect_equal(played[i], low[i]);
}

TEST_F(DdsTest, AtTheBestQualityThereIsNothingToAskFor) {
    const Configuration best = stage_.space().reference();
    const auto played = dds({}, best);
    const auto alone_at_best = alone(best);
    for (std::size_t i = 0; i < played.size(); ++i) expect_equal(played[i], alone_at_best[i]);
}

TEST_F(DdsTest, WithAllRegionsOpenSeesWhatUniformBestQualityShows) {
    const auto played = dds({{"enlarge", "100"}, {"overlap", "1"}});
    for (std::size_t i = 0; i < played.size(); ++i) {
        EXPECT_EQ(played[i].accuracy, 1.0);
        // The fake codec spends on a blank region what it spends on any other.
        EXPECT_EQ(played[i].ledger.uplink_bytes,
                  stage_.encoding(i, kLow)->bytes +
                      stage_.encoding(i, stage_.space().reference())->bytes);
    }
}

TEST_F(DdsTest, FindsWhatTheFirstPassWasUnsureOf) {
    const auto played = dds();
    const auto low = alone(kLow);
    for (std::size_t i = 0; i < played.size(); ++i) {
        EXPECT_LT(low[i].accuracy, 1.0);
        EXPECT_EQ(played[i].accuracy, 1.0);
    }
}

TEST_F(DdsTest, TheSecondPassMayLieBelowTheBest) {
    const auto played = dds({{"high", "2"}});
    const auto cheap = dds({{"high", "7"}});  // no better than the first pass
    const auto low = alone(kLow);
    for (std::size_t i = 0; i < played.size(); ++i) {
        EXPECT_EQ(played[i].ledger.uplink_bytes,
                  stage_.encoding(i, kLow)->bytes +
                      stage_.encoding(i, Configuration::parse("qp=24"))->bytes);
        expect_equal(cheap[i], low[i]);
    }
}

TEST_F(DdsTest, PaysForBothPassesAndTwoWays) {
    const SchemeKind& kind = find_scheme("dds");
    const Parameters parameters("dds", kind.parameters, {{"largest", "1"}});
    const auto scheme = kind.create({.space = stage_.space(),
                                     .regions = stage_.world().regions,
                                     .parameters = parameters,
                                     .goal = {},
                                     .fixed = kLow});
    const auto played = play(*scheme);
    acts_.resize(8);
    EXPECT_THAT(acts_,
                ElementsAre("camera encode qp=38 1.000-1.100", "uplink footage 1.100-1.110",
                            "server infer 10 1.110-1.310", "downlink message 1.310-1.320",
                            AllOf(HasSubstr("camera encode qp=20 in "), HasSubstr(" regions")),
                            "uplink footage 1.420-1.430", "server infer 10 1.430-1.630",
                            "downlink results 1.630-1.640"));
    EXPECT_NEAR(played[0].delay->value, 0.64, 1e-9);
    EXPECT_EQ(played[0].ledger.camera_encodes, 20);
    EXPECT_EQ(played[0].ledger.forward_frames, 20);
    EXPECT_EQ(played[0].ledger.downlink_bytes, 1);  // eight regions
}

TEST_F(DdsTest, LargeProposalsAndThoseOverFinalResultsAreLeftAlone) {
    const auto low = alone(kLow);
    const auto small_only = dds({{"largest", "0.1"}});  // a cell is an eighth of the frame
    for (std::size_t i = 0; i < low.size(); ++i) expect_equal(small_only[i], low[i]);
    // Where every proposal is final, nothing is open.
    const auto sure = dds({{"confirm", "0.06"}});
    for (std::size_t i = 0; i < low.size(); ++i) EXPECT_EQ(sure[i].ledger, low[i].ledger);
}

class DdsOnRegionsTest : public ::testing::Test {
  protected:
    test::Stage stage_{2, {"macroblock"}};
};

// The objects of a segment pass through all regions.
TEST_F(DdsOnRegionsTest, TheAuthorsLookAtOneEncodeOfTheWholeFrame) {
    const Configuration low = Configuration::parse("macroblock=42");
    const auto played = stage_.play(
        "dds", 1, {{"variant", "oneadapt-paper"}, {"largest", "1"}, {"confirm", "1"}}, low);
    for (std::size_t i = 0; i < played.size(); ++i) {
        EXPECT_EQ(played[i].configuration, low) << "the row's";
        EXPECT_EQ(played[i].accuracy, 1.0);
        EXPECT_EQ(
            played[i].ledger.uplink_bytes,
            stage_.encoding(i, low)->bytes + stage_.encoding(i, stage_.space().reference())->bytes);
    }
}

}  // namespace
}  // namespace oneadapt
