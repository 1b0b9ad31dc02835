#include "schemes/scheme.hpp"
#include "testbed/testbed_fixture.hpp"

/// DNNs of several sizes, and those that are stopped.
namespace oneadapt {
namespace {

using test::fake_bytes;
using test::kSegmentMegapixels;
using test::TestbedTest;

class SizesTest : public TestbedTest {
  protected:
    SizesTest() : TestbedTest({"qp", "model"}, true) {}
    static Configuration c(const char* text) { return Configuration::parse(text); }
};

TEST_F(SizesTest, OneUploadServesEverySizeOfTheModel) {
    Driver& driver = make();
    Testbed& testbed = driver.testbed();
    driver.begin(at(0));
    const auto received = testbed.link().up(testbed.camera().encode(c("model=m,qp=30")));
    testbed.link().up(testbed.camera().encode(c("model=n,qp=30")));
    testbed.server().infer(received, testbed.dnn(c("model=m,qp=30")));
    const auto output = testbed.server().infer(received, testbed.dnn(c("model=n,qp=30")));
    EXPECT_THROW(testbed.server().gradient(received, testbed.dnn(c("model=s,qp=30")), 0.3),
                 std::logic_error);
    const Bill bill = driver.finish(Delivery::of(output, c("model=n,qp=30")));
    EXPECT_EQ(bill.ledger.uplink_bytes, fake_bytes(c("qp=30"), {64, 32}, 10));
    EXPECT_EQ(bill.ledger.camera_encodes, 10);
    EXPECT_EQ(bill.ledger.forward_frames, 20);
    // Ten frames of 1 MFLOP, and ten of half of that.
    EXPECT_NEAR(bill.ledger.gflop, 0.001 * 15, 1e-12);
}

TEST_F(SizesTest, WorkAndTimeAreThoseOfTheModelUsed) {
    Driver& driver = make();
    driver.begin(at(0));
    const Played played = play_configuration(driver.testbed(), c("model=n,qp=20"));
    driver.testbed().server().gradient(played.received, driver.testbed().dnn(played.how), 0.3);
    const Bill bill = driver.finish(played.delivery());
    EXPECT_NEAR(bill.ledger.gflop, 0.0005 * 10.5, 1e-12);
    EXPECT_NEAR(bill.ledger.busy_server.value, 0.0525, 1e-9);
    // Encode, one way 0.05 s, inference half of 0.1 s, and back 0.05 s.
    EXPECT_NEAR(bill.delay->value, kSegmentMegapixels + 0.15, 1e-9);
}

TEST_F(SizesTest, ProfilingSizesEncodesOnceAndNeverWhatWasReceived) {
    Driver& driver = make();
    Server& server = driver.testbed().server();
    driver.begin(at(0));
    const Played played = play_configuration(driver.testbed(), space_.reference());
    const auto profile = [&](const char* text) {
        return server.read(server.profile(played.received, c(text)));
    };
    EXPECT_EQ(profile("model=n,qp=20").plain.uplink_bytes, fake_bytes(c("qp=20"), {64, 32}, 10));
    for (const char* text : {"model=n,qp=30", "model=m,qp=30", "model=s,qp=30"}) profile(text);
    const Bill bill = driver.finish(played.delivery());
    EXPECT_EQ(bill.ledger.server_encodes, 10);
    EXPECT_EQ(bill.ledger.forward_frames, 50);
    EXPECT_NEAR(bill.ledger.gflop, 0.001 * (10 + 5 + 5 + 10 + 8), 1e-12);
}

TEST_F(SizesTest, DetectionsCountFromTheThresholdOfTheirOwnModel) {
    const Referee judge = referee();
    Lab& lab = at(0);
    Scores scores(judge, lab);
    // It says 0.35, its own threshold, of a contrast of 77, and 0.5 of one of 110.
    auto seen = std::make_shared<Output>(*output(lab, c("model=n,qp=20")));
    const double by_own = scores.accuracy(std::make_shared<const Output>(*seen));
    seen->threshold = 0.5;
    EXPECT_GT(by_own, scores.accuracy(std::make_shared<const Output>(*seen)));
    EXPECT_EQ(scores.accuracy(space_.reference()), 1.0);
}

/// The DNN at 10 ms a frame whose first half is an exit of 0.3 of its work.
class StoppedTest : public SizesTest {
  protected:
    Ledger ledger_until(double seconds, std::optional<std::size_t> place = {}) {
        Driver& driver = make();
        world_->dnns[1].seconds = 0.005;
        world_->dnns[1].gflop = 0.0003;
        world_->dnns[0].exits = {1, 0};
        Testbed& testbed = driver.testbed();
        driver.begin(at(0));
        const Configuration& whole = space_.reference();
        const auto received = testbed.link().up(testbed.camera().encode(whole));
        testbed.server().read(received);
        const SimSeconds stop = testbed.server().now() + SimSeconds{seconds};
        const auto output = place ? testbed.server().infer_frame(received, 0, *place, stop)
                                  : testbed.server().infer_until(received, 0, stop);
        return driver.finish(Delivery::of(output, whole)).ledger;
    }
};

TEST_F(StoppedTest, WorkIsChargedByTheShareOfTimeAsItsEnergyIs) {
    // Whole frames, then an exit, then the share of what comes after it.
    EXPECT_NEAR(ledger_until(0.02).gflop, 0.002, 1e-12);
    EXPECT_NEAR(ledger_until(0.025).gflop, 0.0023, 1e-12);
    EXPECT_NEAR(ledger_until(0.0275).gflop, 0.0023 + 0.00035, 1e-12);
    EXPECT_NEAR(ledger_until(0.0225).gflop, 0.002 + 0.00015, 1e-12) << "nothing said, not nothing";
    EXPECT_NEAR(ledger_until(0.0225).busy_server.value, 0.0225, 1e-9);
    EXPECT_EQ(ledger_until(0.0225).forward_frames, 2);
    EXPECT_EQ(ledger_until(0.0275).forward_frames, 3);
    EXPECT_NEAR(ledger_until(1).gflop, 0.01, 1e-12);
}

TEST_F(StoppedTest, AFrameOnItsOwnIsChargedLikewise) {
    EXPECT_NEAR(ledger_until(0.01, 3).gflop, 0.001, 1e-12);
    EXPECT_NEAR(ledger_until(0.0075, 3).gflop, 0.0003 + 0.00035, 1e-12);
    EXPECT_NEAR(ledger_until(0.002, 3).gflop, 0.0003 * 0.4, 1e-12);
    EXPECT_EQ(ledger_until(0.002, 3).forward_frames, 0);
}

}  // namespace
}  // namespace oneadapt
