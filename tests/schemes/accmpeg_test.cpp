#include "schemes/accmpeg.hpp"

#include <gtest/gtest.h>

#include "schemes/region_masks.hpp"
#include "schemes/stage.hpp"

namespace oneadapt {
namespace {

using test::Stage;

const Configuration kLow = Configuration::parse("macroblock=42");

class AccMpegTest : public ::testing::Test {
  protected:
    Stage stage_{3, {"macroblock"}};
    double network_gflop() { return stage_.world().auxiliary(AuxiliaryUse::tiles).gflop; }
};

TEST_F(AccMpegTest, WithABoundOfZeroIsUniformBestQualityPlusTheNetwork) {
    const auto played = stage_.play("accmpeg", 1, {{"bound", "0"}}, kLow);
    const auto best = stage_.play("static", 1, {}, stage_.space().reference());
    for (std::size_t i = 0; i < played.size(); ++i) {
        EXPECT_EQ(played[i].configuration, kLow) << "the row's";
        EXPECT_EQ(played[i].accuracy, 1.0);
        EXPECT_EQ(played[i].ledger.uplink_bytes, best[i].ledger.uplink_bytes);
        // Of the first and of the last frame.
        EXPECT_NEAR(played[i].ledger.gflop, best[i].ledger.gflop + 2 * network_gflop(), 1e-12);
        // The first is looked at while the segment goes on.
        EXPECT_NEAR(played[i].delay->value, best[i].delay->value + network_gflop(), 1e-9);
        EXPECT_EQ(played[i].ledger.downlink_bytes, 0);
    }
}

TEST_F(AccMpegTest, WithABoundThatNothingReachesIsUniformLowQuality) {
    const auto played = stage_.play("accmpeg", 1, {{"bound", "1"}}, kLow);
    const auto low = stage_.play("static", 1, {}, kLow);
    for (std::size_t i = 0; i < played.size(); ++i) {
        EXPECT_EQ(played[i].configuration, kLow);
        EXPECT_EQ(played[i].accuracy, low[i].accuracy);
    }
}

TEST_F(AccMpegTest, TheAuthorsTakeTheMeanOfAllFramesAsItIs) {
    const auto played =
        stage_.play("accmpeg", 1, {{"variant", "oneadapt-paper"}, {"mean-bound", "0.4"}}, kLow);
    const Auxiliary* network = stage_.world().auxiliary(AuxiliaryUse::tiles).auxiliary;
    std::size_t dear = 0;
    for (std::size_t i = 0; i < played.size(); ++i) {
        cv::Mat sum = cv::Mat::zeros(2, 4, CV_32F);
        for (int frame = 0; frame < 10; ++frame) {
            sum += stage_.lab(i).take(PredictImportance{network, frame})->tiles;
        }
        RegionMask mask;
        for (int tile = 0; tile < 8; ++tile) {
            mask.push_back(sum.at<float>(tile / 4, tile % 4) / 10 > 0.4F);
            dear += mask.back() ? 1U : 0U;
        }
        EXPECT_EQ(played[i].configuration, kLow);
        EXPECT_EQ(
            played[i].ledger.uplink_bytes,
            stage_
                .encoding(i, with_regions(stage_.space(), kLow, stage_.space().reference(), mask))
                ->bytes);
        EXPECT_NEAR(played[i].ledger.gflop,
                    10 * network_gflop() + 10 * stage_.world().dnns.front().gflop, 1e-12);
    }
    EXPECT_GT(dear, 0U);
    EXPECT_LT(dear, 24U);
}

TEST_F(AccMpegTest, ANetworkIsAskedOncePerFrameHoweverManyRowsPlay) {
    stage_.play("accmpeg", 1, {}, kLow);
    stage_.play("accmpeg", 1, {}, Configuration::parse("macroblock=30"));
    EXPECT_EQ(stage_.fake().importance.runs, 6);
}

/// A row of digits a row of tiles.
cv::Mat tiles(std::initializer_list<const char*> rows) {
    cv::Mat map(static_cast<int>(rows.size()), static_cast<int>(std::string(*rows.begin()).size()),
                CV_8U);
    int y = 0;
    for (const char* row : rows) {
        for (int x = 0; x < map.cols; ++x) {
            map.at<std::uint8_t>(y, x) = row[x] == '1' ? 255 : 0;
        }
        ++y;
    }
    return map;
}

void expect_tiles(const cv::Mat& found, const cv::Mat& expected) {
    EXPECT_EQ(cv::countNonZero(found != expected), 0) << found << "\nand not\n" << expected;
}

cv::Mat as_map(const cv::Mat& tiles) {
    cv::Mat map;
    tiles.convertTo(map, CV_32F, 1 / 255.0);
    return map;
}

TEST(ImportantTiles, LieAboveTheBound) {
    const cv::Mat map = (cv::Mat_<float>(1, 4) << 0.1F, 0.2F, 0.3F, 0.9F);
    expect_tiles(important_tiles(map, 0.25, 1, false), tiles({"0011"}));
    expect_tiles(important_tiles(map, 0, 1, true), tiles({"1111"}));
}

TEST(ImportantTiles, GrowByASquare) {
    const cv::Mat one = tiles({"0000000", "0000000", "0000000", "0001000", "0000000"});
    expect_tiles(important_tiles(as_map(one), 0.5, 3, false),
                 tiles({"0000000", "0000000", "0011100", "0011100", "0011100"}));
}

TEST(ImportantTiles, SingleTilesAndSingleHolesAreCleanedAway) {
    const cv::Mat ragged = tiles({"100000000", "000000000", "000111110", "000110110", "000111110",
                                  "000111110", "000000000"});
    const cv::Mat opened = important_tiles(as_map(ragged), 0.5, 1, true);
    EXPECT_EQ(opened.at<std::uint8_t>(0, 0), 0) << "a single tile";
    const cv::Mat holed = tiles({"111111111", "111111111", "111111111", "111101111", "111111111",
                                 "111111111", "111111111"});
    const cv::Mat closed = important_tiles(as_map(holed), 0.5, 1, true);
    EXPECT_EQ(cv::countNonZero(closed), 63);
}

}  // namespace
}  // namespace oneadapt
