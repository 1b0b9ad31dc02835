#include "testbed/testbed.hpp"

#include <fstream>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "support/fake_instruments.hpp"
#include "support/temp_folder.hpp"
#include "testbed/referee.hpp"

namespace oneadapt {
namespace {

using nlohmann::json;
using test::fake_bytes;
using test::FakeInstruments;

const DeviceProfile kDevice{"test", 1.0, 3.0, 2.0, 10.0, 0.5, 7.0, 0.05};

class TestbedTest : public ::testing::Test {
  protected:
    Lab& at(int segment) {
        lab_ =
            std::make_unique<Lab>(test::fake_segment_ref({}, segment), fake_.instruments, trace_);
        return *lab_;
    }
    Testbed make(std::optional<LinkRate> link = std::nullopt) {
        world_ = {kDevice, std::move(link), 0.001, 0.002, 0};
        return Testbed(world_, space_, find_task("detect"), fake_.model.sidecar());
    }

    static OutputPtr output(Lab& lab, const Configuration& c) {
        return lab.take(Infer{c, &lab.instruments().dnn(c)});
    }

    test::TempFolder folder_;
    Trace trace_{folder_ / "t.trace", Trace::Mode::read_write};
    FakeInstruments fake_;
    KnobSpace space_ = KnobSpace::from_names({"qp"}, {});
    World world_;
    std::unique_ptr<Lab> lab_;
};

TEST_F(TestbedTest, EveryActIsCharged) {
    Testbed testbed = make();
    testbed.begin(at(0));
    const Configuration c = Configuration::parse("qp=30");
    const std::int64_t bytes = testbed.encode(c)->bytes;
    testbed.send(c);
    const OutputPtr output = testbed.infer(c);
    testbed.gradient(c, 0.3);
    testbed.encode(Configuration::parse("qp=34"));
    testbed.feedback(123);
    const auto bill = testbed.finish({output, c});
    EXPECT_EQ(bill.ledger.uplink_bytes, bytes);
    EXPECT_EQ(bill.ledger.downlink_bytes, 123);
    EXPECT_EQ(bill.ledger.camera_encodes, 20);
    EXPECT_EQ(bill.ledger.forward_frames, 10);
    EXPECT_EQ(bill.ledger.backward_frames, 1);
    EXPECT_NEAR(bill.ledger.gflop, 0.001 * 10.5, 1e-12);
    // Two encodes of 0.02 megapixels at 1 s and 3 W; 10.5 forward passes of 10 ms at 7 W.
    EXPECT_NEAR(bill.ledger.energy_j, 0.04 * 3 + 0.105 * 7, 1e-9);
    // Encode 0.02 s, one way 0.05 s, inference 0.1 s, and back 0.05 s; what follows delays nothing.
    EXPECT_NEAR(bill.delay.value, 0.22, 1e-9);
}

TEST_F(TestbedTest, TheSameActIsChargedOncePerSegment) {
    Testbed testbed = make();
    testbed.begin(at(0));
    const Configuration c = space_.reference();
    for (int i = 0; i < 3; ++i) {
        testbed.encode(c);
        testbed.send(c);
        testbed.infer(c);
        testbed.gradient(c, 0.3);
    }
    const auto bill = testbed.finish({testbed.infer(c), c});
    EXPECT_EQ(bill.ledger.camera_encodes, 10);
    EXPECT_EQ(bill.ledger.forward_frames, 10);
    EXPECT_EQ(bill.ledger.backward_frames, 1);
}

TEST_F(TestbedTest, ProfilingIsChargedButDelaysNothing) {
    Testbed testbed = make();
    testbed.begin(at(0));
    const Configuration reference = space_.reference();
    testbed.send(reference);
    const OutputPtr output = testbed.infer(reference);
    const Profiled same = testbed.profile(reference);
    EXPECT_DOUBLE_EQ(same.accuracy, 1.0);
    const Profiled cheap = testbed.profile(Configuration::parse("qp=50"));
    EXPECT_LT(cheap.accuracy, 1.0);
    EXPECT_LT(cheap.bytes, same.bytes);
    const auto bill = testbed.finish({output, reference});
    EXPECT_EQ(bill.ledger.server_encodes, 10);
    EXPECT_EQ(bill.ledger.forward_frames, 20);
    EXPECT_EQ(bill.ledger.camera_encodes, 10);
    EXPECT_NEAR(bill.delay.value, 0.22, 1e-9);
}

class SizesTest : public TestbedTest {
  protected:
    SizesTest() {
        fake_.use_sizes();
        space_ = KnobSpace::from_names({"qp", "model"}, {});
    }
    Testbed make_with_sizes() {
        Testbed testbed = make();
        world_.model_shares = {{3, 1.0}, {2, 0.8}, {1, 0.5}};
        return testbed;
    }
    static Configuration c(const char* text) { return Configuration::parse(text); }
};

TEST_F(SizesTest, OneUploadServesEverySizeOfTheModel) {
    Testbed testbed = make_with_sizes();
    testbed.begin(at(0));
    EXPECT_EQ(testbed.encode(c("model=m,qp=30")), testbed.encode(c("model=n,qp=30")));
    testbed.send(c("model=m,qp=30"));
    testbed.send(c("model=s,qp=30"));
    testbed.infer(c("model=m,qp=30"));
    const OutputPtr output = testbed.infer(c("model=n,qp=30"));
    EXPECT_THROW(testbed.infer(c("model=n,qp=34")), std::logic_error);
    EXPECT_THROW(testbed.gradient(c("model=s,qp=30"), 0.3), std::logic_error);
    const auto bill = testbed.finish({output, c("model=n,qp=30")});
    EXPECT_EQ(bill.ledger.uplink_bytes, fake_bytes(c("qp=30"), {64, 32}, 10));
    EXPECT_EQ(bill.ledger.camera_encodes, 10);
    EXPECT_EQ(bill.ledger.forward_frames, 20);
    // Ten frames of 1 MFLOP, and ten of half of that.
    EXPECT_NEAR(bill.ledger.gflop, 0.001 * 15, 1e-12);
}

TEST_F(SizesTest, WorkAndTimeAreThoseOfTheModelUsed) {
    Testbed testbed = make_with_sizes();
    testbed.begin(at(0));
    const Configuration small = c("model=n,qp=20");
    testbed.send(small);
    const OutputPtr output = testbed.infer(small);
    testbed.gradient(small, 0.3);
    const auto bill = testbed.finish({output, small});
    EXPECT_NEAR(bill.ledger.gflop, 0.0005 * 10.5, 1e-12);
    EXPECT_NEAR(bill.ledger.busy_server.value, 0.0525, 1e-9);
    // Encode 0.02 s, one way 0.05 s, inference half of 0.1 s, and back 0.05 s.
    EXPECT_NEAR(bill.delay.value, 0.17, 1e-9);
}

TEST_F(SizesTest, ProfilingSizesEncodesOnceAndNeverWhatWasReceived) {
    Testbed testbed = make_with_sizes();
    testbed.begin(at(0));
    testbed.send(space_.reference());
    const OutputPtr output = testbed.infer(space_.reference());
    const Profiled cheap = testbed.profile(c("model=n,qp=20"));
    EXPECT_EQ(cheap.bytes, testbed.encode(space_.reference())->bytes);
    for (const char* text : {"model=n,qp=30", "model=m,qp=30", "model=s,qp=30"}) {
        testbed.profile(c(text));
    }
    const auto bill = testbed.finish({output, space_.reference()});
    EXPECT_EQ(bill.ledger.server_encodes, 10);
    EXPECT_EQ(bill.ledger.forward_frames, 50);
    EXPECT_NEAR(bill.ledger.gflop, 0.001 * (10 + 5 + 5 + 10 + 8), 1e-12);
}

TEST_F(SizesTest, DetectionsCountFromTheThresholdOfTheirOwnModel) {
    const Referee referee(find_task("detect"), fake_.model.sidecar(), space_.reference(), nullptr);
    Lab& m = at(0);
    // It says 0.35, its own threshold, of a contrast of 77, and 0.5 of one of 110.
    Output seen = *output(m, c("model=n,qp=20"));
    const double by_own = referee.accuracy(m, seen);
    seen.threshold = 0.5;
    EXPECT_GT(by_own, referee.accuracy(m, seen));
    EXPECT_EQ(referee.accuracy(m, *output(m, space_.reference())), 1.0);
}

TEST_F(TestbedTest, NothingIsSeenThatWasNotPaidFor) {
    Testbed testbed = make();
    testbed.begin(at(0));
    const Configuration c = Configuration::parse("qp=30");
    EXPECT_THROW(testbed.infer(c), std::logic_error);
    testbed.encode(c);
    EXPECT_THROW(testbed.infer(c), std::logic_error);
    testbed.send(c);
    EXPECT_THROW(testbed.gradient(c, 0.3), std::logic_error);
    EXPECT_THROW(testbed.profile(c), std::logic_error);
}

TEST_F(TestbedTest, ASlowLinkDelaysMoreWithEverySegment) {
    const double bytes = static_cast<double>(fake_bytes(space_.reference(), {64, 32}, 10));
    Testbed testbed = make(LinkRate::constant(bytes * 8e-6 / 2));  // two seconds a segment
    const Configuration c = space_.reference();
    for (int segment = 0; segment < 3; ++segment) {
        testbed.begin(at(segment));
        testbed.send(c);
        const auto bill = testbed.finish({testbed.infer(c), c});
        EXPECT_NEAR(bill.delay.value, 2.22 + segment, 1e-6);
        EXPECT_EQ(testbed.link_ticks().size(), 10U);
    }
}

/// The fake scene's objects, labelled at twice its size.
json labels_at_twice_the_size(const test::FakeScene& scene) {
    json labels = {
        {"format", "oneadapt-labels-1"}, {"width", 128},           {"height", 64}, {"fps", 10},
        {"classes", {"object"}},         {"frames", json::array()}};
    for (int frame = 0; frame < scene.frames; ++frame) {
        json objects = json::array();
        for (int object = 0; object < scene.objects; ++object) {
            const cv::Rect box = fake_cell_box(scene, fake_cell(scene, object, frame));
            objects.push_back({{"class", "object"},
                               {"box", {2 * box.x, 2 * box.y, 2 * box.x + 32, 2 * box.y + 32}}});
        }
        labels["frames"].push_back(std::move(objects));
    }
    return labels;
}

std::unique_ptr<GroundTruth> truth_of(const json& labels, const Sidecar& sidecar,
                                      const test::FakeScene& scene) {
    const test::TempFolder folder;
    ClipSpec clip;
    clip.labels = folder / "labels.json";
    std::ofstream(*clip.labels) << labels;
    return load_truth(clip, sidecar, scene.size);
}

TEST_F(TestbedTest, LabelsAreScaledToTheAnalysisSize) {
    const test::FakeScene scene;
    const Referee referee(find_task("detect"), fake_.model.sidecar(), space_.reference(),
                          truth_of(labels_at_twice_the_size(scene), fake_.model.sidecar(), scene));
    Lab& m = at(0);
    EXPECT_DOUBLE_EQ(referee.accuracy(m, *output(m, space_.reference())), 1.0);
    EXPECT_LT(referee.accuracy(m, *output(m, Configuration::parse("qp=46"))), 1.0);
}

TEST_F(TestbedTest, FindingIgnoredObjectsCountsNeitherForNorAgainst) {
    const test::FakeScene scene;
    json labels = labels_at_twice_the_size(scene);
    for (json& frame : labels["frames"]) frame.front()["ignored"] = true;
    const auto accuracy_of = [&](const Output& delivered) {
        const Referee referee(find_task("detect"), fake_.model.sidecar(), space_.reference(),
                              truth_of(labels, fake_.model.sidecar(), scene));
        return referee.accuracy(at(0), delivered);
    };
    Output found = *output(at(0), space_.reference());
    EXPECT_DOUBLE_EQ(accuracy_of(found), 1.0);
    for (json& frame : labels["frames"]) frame.erase(frame.begin());
    EXPECT_LT(accuracy_of(found), 1.0);
    for (json& frame : labels["frames"]) frame = json::array();
    for (auto& frame : found.frames) frame.detections.clear();
    EXPECT_DOUBLE_EQ(accuracy_of(found), 1.0);
}

}  // namespace
}  // namespace oneadapt
