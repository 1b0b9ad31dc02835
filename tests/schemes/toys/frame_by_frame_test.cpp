#include "schemes/toys/toy.hpp"

// A sender frame by frame that skips every second one.

namespace oneadapt {
namespace {

class FrameByFrame final : public Scheme {
  public:
    Delivery play(Testbed& testbed) override {
        const Configuration how = Configuration::parse("qp=20");
        Delivery delivery(how.text());
        for (int frame = 0; frame < testbed.segment().frames; frame += 2) {
            EncodePlan plan(how);
            plan.frames = {frame};
            const auto sent = testbed.link().up(testbed.camera().encode(plan));
            delivery.show(frame, testbed.server().infer(sent, testbed.dnn(how)), frame);
        }
        return delivery;
    }
};

class FrameByFrameTest : public test::ToyTest {};

TEST_F(FrameByFrameTest, EachFrameIsOnItsWayAsSoonAsItIsCaptured) {
    FrameByFrame toy;
    const auto played = play(toy);
    ASSERT_EQ(acts_.size(), 40U);
    EXPECT_THAT(acts_[3], ::testing::AllOf(::testing::HasSubstr("camera encode qp=20"),
                                           ::testing::HasSubstr("0.300-0.310")));
    EXPECT_EQ(acts_[4], "uplink footage 0.310-0.320");
    EXPECT_EQ(acts_[16], "downlink results 0.340-0.350");
    EXPECT_EQ(acts_[5], "server infer 1 0.320-0.340");
    // The last one that is sent, of nine, is there before the tenth is captured.
    EXPECT_EQ(played[0].delay->value, 0);
    EXPECT_EQ(played[0].ledger.camera_encodes, 5);
    EXPECT_EQ(played[0].ledger.forward_frames, 5);
}

TEST_F(FrameByFrameTest, WhatStreamsIsTheLatestThatHasArrived) {
    FrameByFrame toy;
    Driver driver(stage_.world(), {.weight = 1});
    driver.begin(stage_.lab(0));
    const Bill bill = driver.finish(toy.play(driver.testbed()));
    ASSERT_EQ(bill.streamed.size(), 10U);
    EXPECT_EQ(bill.streamed[0].output, nullptr);  // captured at 0.1 s, its result is there at 0.15
    for (std::size_t frame = 1; frame < 10; ++frame) {
        EXPECT_EQ(bill.streamed[frame].global_frame, (frame - 1) / 2 * 2) << frame;
        EXPECT_EQ(bill.frames[frame].global_frame, frame / 2 * 2) << frame;
    }
    EXPECT_NEAR(bill.frames[2].arrived->value, 0.35, 1e-9);
}

}  // namespace
}  // namespace oneadapt
