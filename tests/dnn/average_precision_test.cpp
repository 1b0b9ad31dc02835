#include "dnn/average_precision.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace oneadapt {
namespace {

Detection box(float x, float side, float score, std::int32_t label = 0) {
    return {x, 0, x + side, side, score, label};
}

double ap50(const std::vector<ScoredFrame>& frames) {
    return average_precision(frames).ap50.value();
}

TEST(AveragePrecision, IsAllForAPerfectDetectorAndNothingForABlindOne) {
    const std::vector<ScoredFrame> perfect = {
        {{box(0, 10, 0.9F), box(50, 20, 0.3F)}, {box(0, 10, 1), box(50, 20, 1)}, {}}};
    EXPECT_DOUBLE_EQ(ap50(perfect), 1);
    EXPECT_DOUBLE_EQ(*average_precision(perfect).ap, 1);
    EXPECT_EQ(ap50({{{}, {box(0, 10, 1)}, {}}}), 0);
    EXPECT_FALSE(average_precision(std::vector<ScoredFrame>{{{box(0, 10, 1)}, {}, {}}}).ap);
}

TEST(AveragePrecision, IsThePrecisionAtEachOfAHundredAndOneRecalls) {
    // Right, wrong, right of two: a precision of 1 up to a recall of 1/2 (51 of 101), 2/3 beyond.
    const std::vector<ScoredFrame> frames = {
        {{box(0, 10, 0.9F), box(200, 10, 0.8F), box(50, 10, 0.7F)},
         {box(0, 10, 1), box(50, 10, 1)},
         {}}};
    EXPECT_NEAR(ap50(frames), (51 + 50 * 2.0 / 3) / 101, 1e-12);
}

TEST(AveragePrecision, PoolsFramesRatherThanAveragingThem) {
    // Found with certainty in one frame; in the other a false one comes before.
    const ScoredFrame good = {{box(0, 10, 0.9F)}, {box(0, 10, 1)}, {}};
    const ScoredFrame bad = {{box(90, 10, 0.8F), box(0, 10, 0.7F)}, {box(0, 10, 1)}, {}};
    EXPECT_NEAR(ap50({good, bad}), (51 + 50 * 2.0 / 3) / 101, 1e-12);
}

TEST(AveragePrecision, AsksForMoreOverlapAtHigherIous) {
    // An IoU of 8/10: found up to 0.8, seven of ten thresholds.
    const std::vector<ScoredFrame> frames = {{{{0, 0, 8, 10, 0.9F, 0}}, {box(0, 10, 1)}, {}}};
    EXPECT_DOUBLE_EQ(ap50(frames), 1);
    EXPECT_NEAR(*average_precision(frames).ap, 0.7, 1e-12);
}

TEST(AveragePrecision, IgnoredObjectsCountNeitherWay) {
    const std::vector<ScoredFrame> frames = {
        {{box(100, 10, 0.95F), box(102, 5, 0.94F), box(0, 10, 0.9F)},
         {box(0, 10, 1)},
         {box(100, 20, 1)}}};
    EXPECT_DOUBLE_EQ(ap50(frames), 1);
}

/// Frames with boxes of two classes by chance, the same in every run.
std::vector<ScoredFrame> frames_by_chance(int count) {
    std::uint32_t state = 7;
    const auto chance = [&](double high) {
        state = state * 1664525U + 1013904223U;
        return static_cast<float>(high * (state >> 8) / (1 << 24));
    };
    std::vector<ScoredFrame> frames(static_cast<std::size_t>(count));
    for (ScoredFrame& frame : frames) {
        for (int n = 0; n < 6; ++n) {
            frame.right.push_back(box(chance(200), 10 + chance(40), 1, n % 2));
            const Detection& near = frame.right.back();
            frame.said.push_back(
                {near.x1 + chance(15), 0, near.x2, near.y2, chance(1), near.label});
            frame.said.push_back(box(chance(200), 10 + chance(40), chance(1), n % 2));
        }
        frame.ignored.push_back(box(chance(200), 60, 1, 1));
    }
    return frames;
}

TEST(PooledPrecision, IsThatOfAllFramesTogetherHoweverTheyAreDivided) {
    const std::vector<ScoredFrame> frames = frames_by_chance(12);
    const std::span all(frames);
    const JudgedFrames few = judged(all.first(3));
    const JudgedFrames more = judged(all.subspan(3));
    const std::vector<const JudgedFrames*> lots = {&few, &more};
    const PooledPrecision pooled(lots);
    const double together = ap50(frames);
    EXPECT_GT(together, 0.05);
    EXPECT_LT(together, 0.95);
    EXPECT_DOUBLE_EQ(pooled.ap50(std::vector<double>{1, 1}).value(), together);
    EXPECT_NE(
        (ap50({frames.begin(), frames.begin() + 3}) + ap50({frames.begin() + 3, frames.end()})) / 2,
        together);
}

TEST(PooledPrecision, CountsALotAsOftenAsItIsThere) {
    const std::vector<ScoredFrame> frames = frames_by_chance(6);
    const std::span all(frames);
    const JudgedFrames first = judged(all.first(2));
    const JudgedFrames second = judged(all.subspan(2, 2));
    const JudgedFrames third = judged(all.subspan(4));
    const std::vector<const JudgedFrames*> lots = {&first, &second, &third};
    std::vector<ScoredFrame> drawn(frames.begin() + 2, frames.begin() + 4);
    for (int n = 0; n < 3; ++n) drawn.insert(drawn.end(), frames.begin(), frames.begin() + 2);
    EXPECT_NEAR(PooledPrecision(lots).ap50(std::vector<double>{3, 1, 0}).value(), ap50(drawn),
                1e-12);
    EXPECT_FALSE(PooledPrecision(lots).ap50(std::vector<double>{0, 0, 0}));
}

TEST(PooledPrecision, OfFramesInWhichNothingIsDemandedThereIsNone) {
    const std::vector<ScoredFrame> frames = {{{box(0, 10, 0.9F)}, {}, {}}};
    const JudgedFrames empty = judged(frames);
    const std::vector<const JudgedFrames*> lots = {&empty};
    EXPECT_FALSE(PooledPrecision(lots).ap50(std::vector<double>{1}));
}

}  // namespace
}  // namespace oneadapt
