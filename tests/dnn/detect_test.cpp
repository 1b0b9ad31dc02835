#include "dnn/detect.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "dnn/task.hpp"
#include "dnn/tiny_model.hpp"
#include "support/errors.hpp"

namespace oneadapt {
namespace {

using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

Detection box(float x, float y, float side, float score, std::int32_t label = 0) {
    return {x, y, x + side, y + side, score, label};
}

double f1(std::vector<Detection> result, std::vector<Detection> reference) {
    const auto best_first = [](std::vector<Detection>& all) {
        std::ranges::stable_sort(all, std::greater{}, &Detection::score);
    };
    best_first(result);
    best_first(reference);
    return detection_f1({result}, {reference}, Scoring(test::tile_mean_sidecar()));
}

TEST(SaysNothing, IsSoWithoutAnythingThatCounts) {
    EXPECT_TRUE(says_nothing({}, 0.4));
    EXPECT_TRUE(says_nothing({.frames = {{}, {}}}, 0.4));
    const Output seen{.frames = {{}, {.detections = {{0, 0, 8, 8, 0.4F, 1}}}}};
    EXPECT_FALSE(says_nothing(seen, 0.3));
    EXPECT_TRUE(says_nothing(seen, 0.5)) << "its only score does not count";
    EXPECT_FALSE(says_nothing({.frames = {{.words = {"one"}}}}, 0.4));
    EXPECT_FALSE(says_nothing({.frames = {{.classes = cv::Mat(2, 2, CV_8U, cv::Scalar(0))}}}, 0.4));
    constexpr int kNone = FrameOutput::kNoClass;
    EXPECT_TRUE(
        says_nothing({.frames = {{.classes = cv::Mat(2, 2, CV_8U, cv::Scalar(kNone))}}}, 0.4));
}

TEST(Iou, OfKnownBoxes) {
    EXPECT_FLOAT_EQ(intersection_over_union(box(0, 0, 10, 1), box(0, 0, 10, 1)), 1.0F);
    EXPECT_FLOAT_EQ(intersection_over_union(box(0, 0, 10, 1), box(5, 0, 10, 1)), 1.0F / 3.0F);
    EXPECT_EQ(intersection_over_union(box(0, 0, 10, 1), box(10, 0, 10, 1)), 0.0F);
    EXPECT_EQ(intersection_over_union(box(3, 3, 0, 1), box(3, 3, 0, 1)), 0.0F);
}

TEST(F1, IsOneWhenBothSidesAreEmpty) {
    EXPECT_EQ(f1({}, {}), 1.0);
    EXPECT_EQ(f1({box(0, 0, 9, 0.5F)}, {box(50, 50, 9, 0.4F)}), 1.0) << "none above 0.5";
}

TEST(F1, IsZeroWhenOneSideIsEmpty) {
    EXPECT_EQ(f1({box(0, 0, 9, 0.9F)}, {}), 0.0);
    EXPECT_EQ(f1({}, {box(0, 0, 9, 0.9F)}), 0.0);
}

TEST(Utility, IsASteepSigmoidOfEachScore) {
    const Sidecar sidecar = test::tile_mean_sidecar();  // counts scores above 0.5
    EXPECT_EQ(detection_utility({}, sidecar), 0.0);
    EXPECT_DOUBLE_EQ(detection_utility({{box(0, 0, 9, 0.5F)}}, sidecar), 0.5);
    EXPECT_NEAR(detection_utility({{box(0, 0, 9, 0.75F), box(0, 0, 9, 0.25F)}}, sidecar), 1, 1e-12);
    EXPECT_NEAR(detection_utility({{box(0, 0, 9, 0.75F)}}, sidecar), 1 / (1 + std::exp(-5)), 1e-12);
}

TEST(F1, MatchesOneToOne) {
    // Two results over one reference: one true positive, one false positive.
    EXPECT_DOUBLE_EQ(f1({box(0, 0, 10, 0.9F), box(1, 0, 10, 0.8F)}, {box(0, 0, 10, 0.9F)}),
                     2.0 / 3.0);
    // One result over two references: one true positive, one false negative.
    EXPECT_DOUBLE_EQ(f1({box(0, 0, 10, 0.9F)}, {box(0, 0, 10, 0.9F), box(1, 0, 10, 0.8F)}),
                     2.0 / 3.0);
}

TEST(F1, LetsTheBestResultChooseFirstAndTakeItsBestReference) {
    const std::vector<Detection> reference = {box(0, 0, 10, 0.9F), box(2, 0, 10, 0.8F)};
    EXPECT_EQ(f1({box(2, 0, 10, 0.9F), box(0, 0, 10, 0.8F)}, reference), 1.0);
    // The better result takes the reference that the other needs: greedy, not optimal.
    EXPECT_EQ(f1({box(2, 0, 10, 0.9F), box(4, 0, 10, 0.8F)}, reference), 0.5);
}

TEST(F1, AsksForTheSameClassAndIouOfHalf) {
    EXPECT_EQ(f1({box(0, 0, 10, 0.9F, 1)}, {box(0, 0, 10, 0.9F, 2)}), 0.0);
    EXPECT_EQ(f1({{0, 0, 10, 5, 0.9F, 0}}, {box(0, 0, 10, 0.9F)}), 1.0) << "IoU is 0.5";
    EXPECT_EQ(f1({{0, 0, 10, 4.9F, 0.9F, 0}}, {box(0, 0, 10, 0.9F)}), 0.0) << "IoU is 0.49";
}

TEST(Task, AveragesFramesWithEqualWeight) {
    const FrameOutput one{{box(0, 0, 10, 0.9F)}};
    const FrameOutput none;
    const Output result{{one, none, none, one}};
    const Output reference{{one, none, one, none}};
    EXPECT_DOUBLE_EQ(
        segment_accuracy(find_task("detect"), result, reference, test::tile_mean_sidecar()), 0.5);
}

TEST(Task, CountsDetectionsFromTheThresholdOfTheDnnThatSaidThem) {
    const Sidecar sidecar = test::tile_mean_sidecar();  // a threshold of 0.5
    Output result{{{{box(0, 0, 10, 0.4F)}}}};
    Output reference{{{{box(0, 0, 10, 0.7F)}}}};
    const auto accuracy = [&] {
        return segment_accuracy(find_task("detect"), result, reference, sidecar);
    };
    EXPECT_EQ(accuracy(), 0.0);
    result.threshold = 0.3;
    EXPECT_EQ(accuracy(), 1.0);
    reference.threshold = 0.8;
    EXPECT_EQ(accuracy(), 0.0) << "the reference has nothing, the result one";
    result.threshold = 0.45;
    EXPECT_EQ(accuracy(), 1.0) << "both have nothing";
}

TEST(Task, UnknownNameListsWhatThereIs) {
    EXPECT_THAT([] { find_task("dream"); },
                ThrowsMessage<UsageError>(HasSubstr("'dream': is unknown; choose from detect")));
}

/// Suppression as it is defined: take the best that is left, strike out what it covers, repeat.
std::vector<std::int64_t> brute_force(const std::vector<Candidate>& all, double iou) {
    std::vector<std::int64_t> kept;
    std::vector<bool> gone(all.size(), false);
    for (;;) {
        std::size_t best = all.size();
        for (std::size_t i = 0; i < all.size(); ++i) {
            const auto score = [&](std::size_t j) { return all[j].detection.score; };
            if (!gone[i] && (best == all.size() || score(i) > score(best))) best = i;
        }
        if (best == all.size()) return kept;
        kept.push_back(all[best].element);
        for (std::size_t i = 0; i < all.size(); ++i) {
            const Detection& a = all[best].detection;
            const Detection& b = all[i].detection;
            const bool covered = a.label == b.label && intersection_over_union(a, b) > iou;
            gone[i] = gone[i] || i == best || covered;
        }
    }
}

TEST(Suppression, AgreesWithBruteForce) {
    std::mt19937 random(7);
    std::uniform_real_distribution<float> place(0, 60);
    std::uniform_int_distribution<int> coarse(1, 20);
    for (int round = 0; round < 50; ++round) {
        std::vector<Candidate> all;
        for (std::int64_t i = 0; i < 80; ++i) {
            // Coarse scores, so that many are equal.
            const float score = static_cast<float>(coarse(random)) / 20.0F;
            all.push_back({box(place(random), place(random), 20, score, coarse(random) % 3), i});
        }
        std::vector<std::int64_t> kept;
        for (const Candidate& candidate : suppress(all, 0.3)) kept.push_back(candidate.element);
        EXPECT_EQ(kept, brute_force(all, 0.3));
    }
}

TEST(Suppression, DoesNotDependOnTheOrderOfCandidates) {
    std::vector<Candidate> all;
    all.reserve(30);
    for (int i = 0; i < 30; ++i) all.push_back({box(static_cast<float>(i), 0, 20, 0.5F), i});
    const auto first = suppress(all, 0.5);
    std::ranges::reverse(all);
    const auto second = suppress(all, 0.5);
    EXPECT_TRUE(std::ranges::equal(first, second, {}, &Candidate::element, &Candidate::element));
}

/// One box with scores in two classes.
class CandidatesTest : public ::testing::Test {
  protected:
    std::vector<Candidate> run(double floor = 0.05) const {
        return candidates({.boxes = boxes, .scores = scores, .rows = 1, .columns = 2}, sidecar,
                          floor, "m.pt");
    }

    float boxes[4] = {0, 0, 10, 10};
    float scores[2] = {0.5F, 0.9F};
    Sidecar sidecar = test::tile_mean_sidecar();
};

TEST_F(CandidatesTest, AreOfClassesOfInterestAboveTheFloor) {
    ASSERT_EQ(run().size(), 1U);
    EXPECT_EQ(run()[0].detection, box(0, 0, 10, 0.5F));
    EXPECT_TRUE(run(0.5).empty());
    sidecar.classes = {{1, "other"}};
    EXPECT_EQ(run()[0].element, 1);
    EXPECT_EQ(run()[0].detection.label, 1);
}

TEST_F(CandidatesTest, AreNoneWhenTheDetectorFoundNothing) {
    sidecar.classes[7] = "seventh";
    EXPECT_TRUE(candidates({.columns = 1}, sidecar, 0.05, "m.pt").empty());
}

TEST_F(CandidatesTest, RefuseScoresThatAreNoProbabilities) {
    for (const float bad : {std::nanf(""), -0.1F, 1.1F, std::numeric_limits<float>::infinity()}) {
        scores[1] = bad;
        EXPECT_THAT([&] { run(); }, ThrowsMessage<ModelError>(
                                        HasSubstr("m.pt: yields 1 scores outside [0,1] of 2")));
    }
}

TEST_F(CandidatesTest, RefuseBoxesInsideOutOrNotFinite) {
    boxes[2] = -1;
    EXPECT_THAT([&] { run(); }, ThrowsMessage<ModelError>(HasSubstr(
                                    "yields the box [0, 0, -1, 10] in row 0; boxes are [x1")));
    boxes[2] = std::nanf("");
    EXPECT_THROW(run(), ModelError);
}

TEST_F(CandidatesTest, RefuseAClassThatTheModelLacks) {
    sidecar.classes[2] = "third";
    EXPECT_THAT([&] { run(); },
                ThrowsMessage<ModelError>(HasSubstr("m.pt: scores 2 classes; the sidecar's class "
                                                    "2 (third) must be below that")));
}

}  // namespace
}  // namespace oneadapt
