#include "testbed/testbed_fixture.hpp"

#include <gmock/gmock.h>

#include "schemes/scheme.hpp"
#include "support/errors.hpp"

namespace oneadapt {
namespace {

using test::fake_bytes;
using test::kDevice;
using test::kSegmentMegapixels;
using test::TestbedTest;
using ::testing::ElementsAre;

TEST_F(TestbedTest, EveryActIsCharged) {
    Driver& driver = make();
    Testbed& testbed = driver.testbed();
    driver.begin(at(0));
    const Configuration c = Configuration::parse("qp=30");
    const auto footage = testbed.camera().encode(c);
    const auto received = testbed.link().up(footage);
    const auto output = testbed.server().infer(received, 0);
    const auto gradient = testbed.server().gradient(received, 0, 0.3);
    testbed.camera().read(testbed.link().down(gradient, 123));
    testbed.camera().encode(Configuration::parse("qp=34"));
    const Bill bill = driver.finish(Delivery::of(output, c));
    EXPECT_EQ(bill.ledger.uplink_bytes, fake_bytes(c, {64, 32}, 10));
    EXPECT_EQ(bill.ledger.downlink_bytes, 123);
    EXPECT_EQ(bill.ledger.camera_encodes, 20);
    EXPECT_EQ(bill.ledger.forward_frames, 10);
    EXPECT_EQ(bill.ledger.backward_frames, 1);
    EXPECT_EQ(bill.frames_sent, 10);
    EXPECT_NEAR(bill.ledger.gflop, 0.001 * 10.5, 1e-12);
    // Two encodes at 1 s a megapixel and 3 W; 10.5 forward passes of 10 ms at 7 W.
    EXPECT_NEAR(bill.ledger.energy_j, 2 * kSegmentMegapixels * 3 + 0.105 * 7, 1e-9);
    // Encode, one way 0.05 s, inference 0.1 s, and back 0.05 s; what follows delays nothing.
    EXPECT_NEAR(bill.delay->value, kSegmentMegapixels + 0.2, 1e-9);
}

TEST_F(TestbedTest, AFrameIsCapturedWhenTheNextBegins) {
    Driver& driver = make();
    const auto captured = [&](const SegmentRef& segment) {
        lab_ = std::make_unique<Lab>(segment, fake_.instruments, trace_);
        driver.begin(*lab_);
        std::vector<double> seconds;
        for (const int frame : {0, 4, 9}) {
            driver.testbed().camera().wait_for(frame);
            seconds.push_back(driver.testbed().camera().now().value);
        }
        return seconds;
    };
    SegmentRef segment = test::fake_segment_ref();
    EXPECT_THAT(captured(segment), ElementsAre(0.1, 0.5, 1));
    segment.info.times = {0, 0.1, 0.2, 0.3, 0.4, 1.4, 1.5, 1.6, 1.7, 1.8};
    segment.info.duration = {2};
    segment.info.start = {1};
    EXPECT_THAT(captured(segment), ElementsAre(1.1, 2.4, 3));
}

TEST_F(TestbedTest, TheSameActIsChargedOncePerSegment) {
    Driver& driver = make();
    driver.begin(at(0));
    Played played;
    for (int i = 0; i < 3; ++i) {
        played = play_configuration(driver.testbed(), space_.reference());
        driver.testbed().server().gradient(played.received, 0, 0.3);
    }
    const Bill bill = driver.finish(played.delivery());
    EXPECT_EQ(bill.ledger.camera_encodes, 10);
    EXPECT_EQ(bill.ledger.forward_frames, 10);
    EXPECT_EQ(bill.ledger.backward_frames, 1);
}

TEST_F(TestbedTest, ProfilingOccupiesTheServerAndSoDelaysWhatComesNext) {
    Driver& driver = make();
    Server& server = driver.testbed().server();
    driver.begin(at(0));
    const Played played = play_configuration(driver.testbed(), space_.reference());
    const Profiled same = server.read(server.profile(played.received, space_.reference()));
    EXPECT_DOUBLE_EQ(same.accuracy, 1.0);
    const Profiled cheap =
        server.read(server.profile(played.received, Configuration::parse("qp=50")));
    EXPECT_LT(cheap.accuracy, 1.0);
    EXPECT_LT(cheap.plain.uplink_bytes, same.plain.uplink_bytes);
    for (const char* text : {"qp=20", "qp=22", "qp=24", "qp=26", "qp=28", "qp=30", "qp=34"}) {
        server.profile(played.received, Configuration::parse(text));
    }
    const Bill bill = driver.finish(played.delivery());
    EXPECT_EQ(bill.ledger.server_encodes, 70);
    EXPECT_EQ(bill.ledger.forward_frames, 80);
    EXPECT_EQ(bill.ledger.camera_encodes, 10);
    EXPECT_NEAR(bill.delay->value, kSegmentMegapixels + 0.2, 1e-9);
    // Seven times 0.1 s of inference and twice the time of an encode: busy until after the next
    // segment has arrived.
    driver.begin(at(1));
    const Played next = play_configuration(driver.testbed(), Configuration::parse("qp=20"));
    const Bill late = driver.finish(next.delivery());
    const double busy_until =
        1 + kSegmentMegapixels + 0.05 + 0.1 + 7 * (0.1 + 2 * kSegmentMegapixels);
    EXPECT_GT(busy_until, 2 + kSegmentMegapixels + 0.05);
    EXPECT_NEAR(late.delay->value, busy_until + 0.1 + 0.05 - 2, 1e-9);
}

TEST_F(TestbedTest, ReadingWhatAnotherMachineMadeWaitsForIt) {
    Driver& driver = make();
    Testbed& testbed = driver.testbed();
    driver.begin(at(0));
    const Played played = play_configuration(testbed, space_.reference());
    const auto message = testbed.link().down(played.output, 10);
    EXPECT_FALSE(testbed.camera().arrived(message));
    EXPECT_NEAR(testbed.camera().now().value, 1 + kSegmentMegapixels, 1e-9);
    testbed.camera().read(message);
    EXPECT_TRUE(testbed.camera().arrived(message));
    EXPECT_NEAR(testbed.camera().now().value, 1 + kSegmentMegapixels + 0.2, 1e-9);
    testbed.camera().encode(Configuration::parse("qp=50"));
    EXPECT_NEAR(testbed.camera().now().value, 1 + 2 * kSegmentMegapixels + 0.2, 1e-9);
    EXPECT_THROW(testbed.camera().read(OnCamera<Output>()), std::logic_error);
    driver.finish(played.delivery());
}

TEST_F(TestbedTest, ADownlinkWithARateTakesTime) {
    Driver& driver = make({.downlink = Series::constant(0.008, downlink_series())});  // 1 kB/s
    Testbed& testbed = driver.testbed();
    driver.begin(at(0));
    const Played played = play_configuration(testbed, space_.reference());
    testbed.camera().read(testbed.link().down(played.output, 500));
    EXPECT_NEAR(testbed.camera().now().value, 1 + kSegmentMegapixels + 0.15 + 0.5 + 0.05, 1e-9);
    driver.finish(played.delivery());
}

TEST_F(TestbedTest, ASlowedServerTakesLongerAndAnIdleOneDrawsPower) {
    Driver& driver = make({.speed = Series::constant(2, speed_series()),
                           .idle_watts = Series::constant(5, idle_series())});
    driver.begin(at(0));
    const Bill bill =
        driver.finish(play_configuration(driver.testbed(), space_.reference()).delivery());
    EXPECT_NEAR(bill.ledger.busy_server.value, 0.2, 1e-9);
    EXPECT_NEAR(bill.delay->value, kSegmentMegapixels + 0.3, 1e-9);
    const double waits = 1 + kSegmentMegapixels + 0.05;  // for what is sent
    EXPECT_NEAR(bill.ledger.energy_j, 3 * kSegmentMegapixels + 7 * 0.2 + 5 * waits, 1e-9);
}

TEST_F(TestbedTest, AServerDrawsItsIdlePowerWhenItDoesNotWorkAndThenAlone) {
    Driver& driver = make({.speed = Series::constant(20, speed_series()),
                           .idle_watts = Series::constant(5, idle_series())});
    double energy = 0;
    double busy = 0;
    for (int segment = 0; segment < 3; ++segment) {
        driver.begin(at(segment));
        const Bill bill =
            driver.finish(play_configuration(driver.testbed(), space_.reference()).delivery());
        energy += bill.ledger.energy_j - 3 * kSegmentMegapixels;
        busy += bill.ledger.busy_server.value;
    }
    driver.begin(at(3));
    energy += driver.finish(Delivery{"nothing"}).ledger.energy_j;
    // Three segments of two seconds' work each run into one another, from when the first is there;
    // the last segment ends before they are done.
    EXPECT_NEAR(busy, 3 * 2.0, 1e-9);
    EXPECT_NEAR(energy, 7 * busy + 5 * (1 + kSegmentMegapixels + 0.05), 1e-9);
    driver.begin(at(9));
    const double done = 1 + kSegmentMegapixels + 0.05 + busy;
    EXPECT_NEAR(driver.finish(Delivery{"nothing"}).ledger.energy_j, 5 * (10 - done), 1e-9);
}

TEST_F(TestbedTest, AFailingQueryOfOneMachineLeavesTheOthersWhole) {
    Driver& driver = make();
    Testbed& testbed = driver.testbed();
    driver.begin(at(0));
    fake_.codec.on_encode = [](const Configuration& c) {
        if (c.get("qp", 0) == 34) throw InputError("clip", "is broken", "mend it");
    };
    EXPECT_THROW(testbed.camera().encode(Configuration::parse("qp=34")), InputError);
    fake_.model.on_use = [] { throw ModelError("model", "is broken", "mend it"); };
    const auto received = testbed.link().up(testbed.camera().encode(Configuration::parse("qp=30")));
    EXPECT_THROW(testbed.server().infer(received, 0), ModelError);
    fake_.model.on_use = [] {};
    const Bill bill =
        driver.finish(Delivery::of(testbed.server().infer(received, 0), space_.reference()));
    EXPECT_EQ(bill.ledger.camera_encodes, 10);
    EXPECT_EQ(bill.ledger.forward_frames, 10);
    EXPECT_NEAR(bill.delay->value, kSegmentMegapixels + 0.2, 1e-9);
}

TEST_F(TestbedTest, NothingIsSeenThatWasNotPaidFor) {
    Driver& driver = make();
    Testbed& testbed = driver.testbed();
    driver.begin(at(0));
    EXPECT_THROW(testbed.server().infer({}, 0), std::logic_error);
    const auto received = testbed.link().up(testbed.camera().encode(Configuration::parse("qp=30")));
    EXPECT_THROW(testbed.server().gradient(received, 0, 0.3), std::logic_error);
    EXPECT_THROW(testbed.server().profile(received, Configuration::parse("qp=50")),
                 std::logic_error);
    driver.finish(Delivery("nothing"));
}

TEST_F(TestbedTest, ProposalsComeWithTheOutputAndCostNothingMore) {
    Driver& driver = make();
    driver.begin(at(0));
    Testbed& testbed = driver.testbed();
    const auto received = testbed.link().up(testbed.camera().encode(Configuration::parse("qp=50")));
    EXPECT_THROW(testbed.server().propose(received, 0, 0.1), std::logic_error);
    const auto output = testbed.server().infer(received, 0);
    const SimSeconds busy = testbed.server().now();
    const auto proposals = testbed.server().propose(received, 0, 0.1);
    EXPECT_TRUE(testbed.server().arrived(proposals));
    EXPECT_EQ(testbed.server().now(), busy);
    EXPECT_GE(testbed.server().read(proposals).frames[0].boxes.size(),
              testbed.server().read(output).frames[0].detections.size());
    EXPECT_EQ(driver.finish(Delivery::of(output, {})).ledger.forward_frames, 10);
}

TEST_F(TestbedTest, NetworksBesideTheModelArePaidForWhereTheyRun) {
    fake_.use_networks();
    Driver& driver = make();
    world_->auxiliaries = world_auxiliaries(fake_.instruments, kDevice, {64, 32}, trace_);
    const double gflop = world_->auxiliary(AuxiliaryUse::picture).gflop;
    EXPECT_NEAR(gflop, 0.0002048, 1e-12);
    driver.begin(at(0));
    Testbed& testbed = driver.testbed();
    testbed.camera().read(testbed.camera().importance(0));
    EXPECT_NEAR(testbed.camera().now().value, 0.1 + 10 * gflop, 1e-9);
    const auto received = testbed.link().up(testbed.camera().encode(Configuration::parse("qp=50")));
    const auto larger = testbed.server().enlarge(received);
    testbed.server().enlarge(received);
    EXPECT_THROW(testbed.server().paste(larger, received), std::logic_error);
    const auto output = testbed.server().infer(larger, 0);
    const double forward = world_->dnns.front().gflop;
    const Ledger ledger = driver.finish(Delivery::of(output, {})).ledger;
    EXPECT_NEAR(ledger.gflop, gflop + 10 * gflop + 10 * forward, 1e-12);
    EXPECT_NEAR(ledger.busy_server.value, 10 * 10 * gflop + 10 * 0.01, 1e-9);
}

TEST_F(TestbedTest, WithoutThemThereIsNothingToAsk) {
    Driver& driver = make();
    driver.begin(at(0));
    EXPECT_THROW(driver.testbed().camera().importance(0), std::logic_error);
}

TEST_F(TestbedTest, ASlowLinkDelaysMoreWithEverySegment) {
    const double bytes = static_cast<double>(fake_bytes(space_.reference(), {64, 32}, 10));
    // Two seconds a segment.
    Driver& driver = make({.uplink = Series::constant(bytes * 8e-6 / 2, uplink_series())});
    for (int segment = 0; segment < 3; ++segment) {
        driver.begin(at(segment));
        const Bill bill =
            driver.finish(play_configuration(driver.testbed(), space_.reference()).delivery());
        EXPECT_NEAR(bill.delay->value, kSegmentMegapixels + 2.2 + segment, 1e-6);
        EXPECT_EQ(driver.testbed().link().ticks().size(), 10U);
    }
}
}  // namespace
}  // namespace oneadapt
