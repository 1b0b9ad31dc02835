#include "measure/changes.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "codec/frame_filter.hpp"
#include "measure/repeats.hpp"
#include "measure/score.hpp"
#include "support/fake_instruments.hpp"
#include "support/temp_folder.hpp"

namespace oneadapt::test {
namespace {

class ChangesTest : public ::testing::Test {
  protected:
    TempFolder folder_;
    Trace trace_{folder_ / "a.trace", Trace::Mode::read_write};
    FakeInstruments fake_;
    SegmentRef ref_ = fake_segment_ref();
};

TEST_F(ChangesTest, AreThoseOfTheFeatureBetweenFrames) {
    Lab lab(ref_, fake_.instruments, trace_);
    const auto next = lab.take(Change{"filter-pixel"});
    const auto all = lab.take(Change{"filter-pixel", true});
    ASSERT_EQ(next->from.size(), 9U);
    ASSERT_EQ(all->from.size(), 9U);
    // Four objects move every second frame: eight of eight cells change, by 55 and more.
    for (std::size_t i = 0; i < 9; ++i) {
        ASSERT_EQ(next->from[i].size(), 1U);
        ASSERT_EQ(all->from[i].size(), 9 - i);
        EXPECT_EQ(next->from[i][0], i % 2 == 0 ? 0.0 : 1.0) << i;
        EXPECT_EQ(all->from[i][0], next->from[i][0]);
    }
    EXPECT_EQ(all->from[0][1], 1.0);  // frame 0 to frame 2
}

TEST_F(ChangesTest, SayWhatTheyTook) {
    Lab lab(ref_, fake_.instruments, trace_);
    const double each = 1e-9 * feature_table().front().operations * FakeScene{}.size.area();
    EXPECT_DOUBLE_EQ(lab.take(Change{"filter-pixel"})->gflop, 9 * each);
    EXPECT_DOUBLE_EQ(lab.take(Change{"filter-pixel", true})->gflop, 45 * each);
}

TEST_F(ChangesTest, ComeBackFromATraceTheSame) {
    FrameChanges first;
    for (const char* feature : {"filter-area", "filter-edge"}) {
        first = *Lab(ref_, fake_.instruments, trace_).take(Change{feature, true});
    }
    EXPECT_EQ(trace_.size(), 2);
    const SegmentRef no_media{
        ref_.info, []() -> const Segment& { throw std::logic_error("read from the trace"); }};
    Lab warm(no_media, fake_.instruments, trace_);
    EXPECT_EQ(warm.take(Change{"filter-edge", true})->from, first.from);
    EXPECT_EQ(warm.take(Change{"filter-edge", true})->gflop, first.gflop);
    EXPECT_THROW(warm.take(Change{"filter-edge", false}), std::logic_error);
}

TEST_F(ChangesTest, OfWhatIsNoFeatureAreABug) {
    Lab lab(ref_, fake_.instruments, trace_);
    EXPECT_THROW(lab.take(Change{"qp"}), std::logic_error);
}

TEST_F(ChangesTest, WhatFramesAreWorthToOneAnotherServesEveryChoiceOfThem) {
    Lab lab(ref_, fake_.instruments, trace_);
    const Task& task = find_task("detect");
    const Sidecar& sidecar = fake_.model.sidecar();
    const Later<Output> output = lab.later(Infer{Recipe(), &fake_.instruments.dnns.front()});
    const Repeats worth(lab, output, task, sidecar, scoring_name(task, sidecar));
    ASSERT_EQ(worth.frames(), 10U);
    // Objects stand still for two frames, then all have moved.
    EXPECT_EQ(worth.accuracy(0, 0), 1);
    EXPECT_EQ(worth.accuracy(0, 1), 1);
    EXPECT_EQ(worth.accuracy(0, 2), 0);
    EXPECT_DOUBLE_EQ(worth.mean({0, 1, 2, 3, 4, 5, 6, 7, 8, 9}), 1);
    EXPECT_DOUBLE_EQ(worth.mean({0, 2, 4, 6, 8}), 1);
    EXPECT_DOUBLE_EQ(worth.mean({0, 3, 6}), 0.1 * (2 + 1 + 2));
    EXPECT_EQ(fake_.model.infers, 1);
}

}  // namespace
}  // namespace oneadapt::test
