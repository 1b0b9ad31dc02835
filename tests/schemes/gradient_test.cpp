#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <opencv2/core.hpp>

#include "schemes/oneadapt.hpp"
#include "schemes/stage.hpp"

namespace oneadapt {
namespace {

using test::Stage;

TEST(AdamPositions, FirstStepIsTheLearningRateWhateverTheGradient) {
    for (const double gradient : {1e-3, 1.0, 1e9}) {
        AdamPositions adam(2, 0.5, 0.5);
        adam.step({gradient, 0.0});
        EXPECT_NEAR(adam.position(0), 0.5, 1e-4);
        EXPECT_EQ(adam.position(1), 1.0);
    }
}

TEST(AdamPositions, ConstantSignsCrossTheRangeInTwoSteps) {
    AdamPositions adam(1, 0.5, 0.5);
    adam.step({3.0});
    adam.step({3.0});
    EXPECT_NEAR(adam.position(0), 1e-7, 1e-6);
    adam.step({-30.0});
    EXPECT_GT(adam.position(0), 0.1);
}

TEST(AdamPositions, AppliesTheDearerNeighbourAndNeverTheCheapest) {
    AdamPositions adam(1, 0.5, 0.5);
    EXPECT_EQ(adam.index(0, 11), 0U);
    adam.step({1.0});
    EXPECT_EQ(adam.index(0, 11), 4U);  // a hair above position 0.5
    EXPECT_EQ(adam.index(0, 2), 0U);
    adam.step({1.0});
    EXPECT_EQ(adam.index(0, 11), 9U);
    EXPECT_EQ(adam.index(0, 1), 0U);
}

TEST(OneAdapt, PaysOneBackwardFrameAndANeighbourForEachKnob) {
    Stage stage(4, {"qp", "resolution"});
    const auto played = stage.play("oneadapt", 1.0);
    // The reference itself is played first; from then on its size costs an encode too.
    EXPECT_EQ(played[0].ledger.camera_encodes, 30);
    for (const auto& p : played) {
        EXPECT_EQ(p.ledger.forward_frames, 10);
        EXPECT_EQ(p.ledger.backward_frames, 1);
        EXPECT_EQ(p.ledger.downlink_bytes, 2 * 8);
        EXPECT_EQ(p.notes.size(), 2U);
    }
    const auto seldom = stage.play("oneadapt", 1.0, {{"frequency", "2"}});
    EXPECT_EQ(seldom[1].ledger.backward_frames, 0);
    EXPECT_EQ(seldom[1].ledger.camera_encodes, 10);
}

TEST(OneAdapt, EstimateIsSaliencyTimesChangeOfDifference) {
    Stage stage(1);
    const auto played = stage.play("oneadapt", 1.0, {{"gain", "1"}});
    ASSERT_EQ(played[0].notes.size(), 1U);
    const AccGradNote& note = played[0].notes[0];
    EXPECT_EQ(note.dearer.text(), "qp=20");
    EXPECT_EQ(note.cheaper.text(), "qp=22");
    const auto saliency = stage.gradient(0, note.dearer, 0.3)->saliency.tiles();
    const cv::Mat change = stage.encoding(0, note.cheaper)->difference.tiles() -
                           stage.encoding(0, note.dearer)->difference.tiles();
    EXPECT_NEAR(note.estimate, saliency.dot(change) / static_cast<double>(saliency.total()), 1e-9);
    EXPECT_GT(note.estimate, 0);
}

TEST(OneAdapt, FollowsThePriceOfBandwidth) {
    Stage stage(10);
    EXPECT_EQ(stage.play("oneadapt", 0).back().configuration.text(), "qp=20");
    EXPECT_EQ(stage.play("oneadapt", 1e12).back().configuration.text(), "qp=46");
}

TEST(OneAdapt, ComparesAllThresholdsOfAFilter) {
    Stage stage(6, {"filter-pixel"});
    for (const double weight : {0.0, 0.3, 1.0, 3.0, 1e6}) {
        const auto played = stage.play("oneadapt", weight);
        EXPECT_EQ(played[0].configuration.text(), "filter-pixel=0");
        EXPECT_EQ(played[0].ledger.camera_encodes, 10 + 10 + 10 + 5 + 4 + 2 + 1);
        for (std::size_t i = 0; i + 1 < played.size(); ++i) {
            const auto saliency = stage.gradient(i, played[i].configuration, 0.3)->saliency.tiles();
            const auto objective = [&](const Configuration& c) {
                const EncodingPtr encoding = stage.encoding(i, c);
                const double loss = 0.5e7 * cv::mean(saliency.mul(encoding->difference.tiles()))[0];
                const auto bytes = static_cast<double>(encoding->bytes);
                const auto most =
                    static_cast<double>(stage.encoding(i, stage.space().reference())->bytes);
                return std::log10(loss + 1e-15) + weight * bytes / most;
            };
            for (const Configuration& c : stage.space().grid()) {
                EXPECT_LE(objective(played[i + 1].configuration), objective(c)) << weight;
            }
        }
    }
    EXPECT_EQ(stage.play("oneadapt", 1e6)[1].configuration.text(), "filter-pixel=1")
        << "the first thresholds drop nothing, which holds nobody up";
}

TEST(Bounded, MovesAtMostHalfAValueTowardsCheapAndOneTowardsExpensive) {
    Stage stage(30);
    for (const char* scheme : {"oneadapt-bounded", "pixel-difference"}) {
        for (const double weight : {0.0, 0.5, 5.0, 1e9}) {
            std::size_t last = 5;  // the middle
            for (const auto& p : stage.play(scheme, weight)) {
                const std::size_t now = stage.space().indices(p.configuration)[0];
                EXPECT_LE(now, last + 1);
                EXPECT_GE(now + 1, last);
                last = now;
            }
        }
        EXPECT_EQ(stage.play(scheme, 0).back().configuration.text(), "qp=20");
        EXPECT_EQ(stage.play(scheme, 1e9).back().configuration.text(), "qp=50");
    }
}

TEST(PixelDifference, NeedsNoDnn) {
    Stage stage(3);
    for (const auto& p : stage.play("pixel-difference", 1.0)) {
        EXPECT_EQ(p.ledger.backward_frames, 0);
        EXPECT_EQ(p.ledger.downlink_bytes, 0);
        EXPECT_EQ(p.ledger.forward_frames, 10);
    }
}

}  // namespace
}  // namespace oneadapt
