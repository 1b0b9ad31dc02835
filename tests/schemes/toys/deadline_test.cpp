#include "schemes/toys/toy.hpp"

// One that stops the DNN at a deadline.

namespace oneadapt {
namespace {

class Deadline final : public Scheme {
  public:
    Delivery play(Testbed& testbed) override {
        const Configuration how = Configuration::parse("qp=20");
        const SegmentInfo& segment = testbed.segment();
        const auto sent = testbed.link().up(testbed.camera().encode(how));
        const SimSeconds stop = segment.start + segment.duration + SimSeconds{0.2};
        return Delivery::of(testbed.server().infer_until(sent, testbed.dnn(how), stop), how);
    }
};

class DeadlineTest : public test::ToyTest {};

TEST_F(DeadlineTest, DeliversTheFramesThatWereFinished) {
    Deadline toy;
    Driver driver(stage_.world(), {.weight = 1});
    driver.begin(stage_.lab(0));
    const Bill bill = driver.finish(toy.play(driver.testbed()));
    // It begins at 1.11; of ten frames at 0.02 s four are finished by 1.2.
    EXPECT_EQ(bill.ledger.forward_frames, 4);
    EXPECT_NEAR(bill.ledger.busy_server.value, 0.09, 1e-9);
    EXPECT_NEAR(bill.delay->value, 0.21, 1e-9);
    for (std::size_t frame = 0; frame < 10; ++frame) {
        EXPECT_EQ(bill.frames[frame].arrived.has_value(), frame < 4) << frame;
        EXPECT_EQ(bill.frames[frame].frame, std::min<std::size_t>(frame, 3)) << frame;
    }
}

TEST_F(DeadlineTest, AnAnytimeDnnDeliversItsLastFinishedExit) {
    // The DNN's four exits take a quarter of it each, and what an exit sees is its share.
    const test::FakeModel anytime(1, 0.5, 4);
    std::vector<Dnn> exits;
    for (const int exit : {4, 1, 2, 3}) {
        exits.push_back(test::fake_dnn("", anytime, {7, static_cast<std::uint64_t>(exit)}, exit));
    }
    World& world = stage_.world();
    world.dnns.clear();
    for (const Dnn& dnn : exits) {
        const double share = dnn.exit / 4.0;
        world.dnns.push_back(
            {.dnn = &dnn, .gflop = 0.02 * share, .seconds = dnn.exit < 4 ? 0.019 * share : 0.02});
    }
    world.dnns.front().exits = {1, 2, 3, 0};
    Deadline toy;
    Driver driver(world, {.weight = 1});
    driver.begin(stage_.lab(0));
    const Bill bill = driver.finish(toy.play(driver.testbed()));
    // It begins at 1.11: four frames are finished at 1.19, and two exits of the fifth at 1.2.
    EXPECT_EQ(bill.ledger.forward_frames, 5);
    // Of the third exit's quarter it has worked 0.5 of 4.75 ms when it is stopped.
    EXPECT_NEAR(bill.ledger.gflop, 4.5 * 0.02 + 0.005 * 0.5 / 4.75, 1e-12);
    EXPECT_NEAR(bill.ledger.busy_server.value, 0.09, 1e-9);
    const auto recipe = Recipe(Configuration::parse("qp=20"));
    const auto whole = stage_.lab(0).take(Infer{recipe, &exits[0]});
    const auto half = stage_.lab(0).take(Infer{recipe, &exits[2]});
    ASSERT_NE(whole->frames[4], half->frames[4]);
    const auto outputs = bill.frames[4].output.get();
    EXPECT_EQ(outputs->frames[3], whole->frames[3]);
    EXPECT_EQ(outputs->frames[4], half->frames[4]);
    EXPECT_FALSE(bill.frames[5].arrived);
}

TEST_F(DeadlineTest, ADeadlineBeforeItsArrivalDeliversNothing) {
    stage_.world().device.encode_s_per_megapixel *= 3;
    Deadline toy;
    const auto played = play(toy);
    EXPECT_FALSE(played[0].delay);
    EXPECT_EQ(played[0].ledger.forward_frames, 0);
    EXPECT_GT(played[0].ledger.uplink_bytes, 0);
    EXPECT_EQ(played[0].ledger.busy_server.value, 0);
}

}  // namespace
}  // namespace oneadapt
