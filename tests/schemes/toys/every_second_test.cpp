#include "schemes/toys/toy.hpp"

// One that sends nothing in every second segment, and one that sends but never infers.

namespace oneadapt {
namespace {

class EverySecond final : public Scheme {
  public:
    Delivery play(Testbed& testbed) override {
        if (testbed.segment().index % 2 != 0) return Delivery("nothing");
        return play_configuration(testbed, Configuration::parse("qp=20")).delivery();
    }
};

class SendsOnly final : public Scheme {
  public:
    Delivery play(Testbed& testbed) override {
        testbed.link().up(testbed.camera().encode(Configuration::parse("qp=20")));
        return Delivery("qp=20");
    }
};

class EverySecondTest : public test::ToyTest {
  protected:
    EverySecondTest() : ToyTest(3) {}
};

TEST_F(EverySecondTest, ASegmentWithoutAnythingIsAnOrdinaryOne) {
    EverySecond toy;
    Driver driver(stage_.world(), {.weight = 1});
    std::vector<Bill> bills;
    for (std::size_t i = 0; i < 3; ++i) {
        driver.begin(stage_.lab(i));
        bills.push_back(driver.finish(toy.play(driver.testbed())));
    }
    EXPECT_EQ(bills[1].ledger, Ledger{});
    EXPECT_FALSE(bills[1].delay);
    for (const FrameResult& frame : bills[1].frames) {
        EXPECT_EQ(frame.output, bills[0].frames.back().output);
        EXPECT_EQ(frame.frame, bills[0].frames.back().frame);
        EXPECT_FALSE(frame.arrived);
    }
    // Captured at 1, encoded by 1.1, there at 1.11, inferred by 1.31, back at 1.32.
    EXPECT_NEAR(bills[0].delay->value, 0.32, 1e-9);
    EXPECT_NEAR(bills[2].delay->value, 0.32, 1e-9);
    EXPECT_EQ(bills[0].frames_sent, 10);
    EXPECT_EQ(bills[1].frames_sent, 0);
    // The first segment's last frame is what streams from 1.32 on, so from the frame at 1.4.
    EXPECT_EQ(bills[1].streamed[2].output, nullptr);
    EXPECT_EQ(bills[1].streamed[3].global_frame, 9);
    EXPECT_LT(stage_.scores(1).accuracy(bills[1].frames), 1);
}

TEST_F(EverySecondTest, WhatIsSentAndNeverInferredIsPaidForAndDeliversNothing) {
    SendsOnly toy;
    const auto played = play(toy);
    for (const auto& segment : played) {
        EXPECT_FALSE(segment.delay);
        EXPECT_GT(segment.ledger.uplink_bytes, 0);
        EXPECT_EQ(segment.ledger.forward_frames, 0);
        EXPECT_EQ(segment.accuracy, 0);
    }
}

}  // namespace
}  // namespace oneadapt
