#include "sim/replay.hpp"

#include <algorithm>
#include <atomic>
#include <map>
#include <tuple>
#include <utility>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sim/clip_stream.hpp"
#include "support/errors.hpp"
#include "support/fake_instruments.hpp"
#include "support/temp_folder.hpp"
#include "support/tiny_clip.hpp"

namespace oneadapt {
namespace {

using test::FakeInstruments;
using test::TempFolder;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

const ReplayProgress kSilent{[](std::int64_t) {}, [](std::int64_t) {}};

class ReplayTest : public ::testing::Test {
  protected:
    ReplayTest() {
        test::write_recording(folder_ / "a.mkv",
                              {.size = {64, 48}, .times_ms = test::constant_rate(45, 10)});
        test::write_recording(folder_ / "b.mkv",
                              {.size = {64, 48}, .times_ms = test::constant_rate(30, 10)});
    }

    ReplayPlan plan(int jobs, const std::vector<std::string>& clips = {"a", "b"}) {
        ReplayPlan plan{.task = &find_task("detect"),
                        .sidecar = fake_.model.sidecar(),
                        .space = KnobSpace::from_names({"qp"}, {}),
                        .schemes = {},
                        .goals = {{.weight = 0.1}, {.weight = 1}, {.weight = 10}},
                        .clips = {},
                        .read = {},
                        .device = {.name = "fake",
                                   .encode_s_per_megapixel = 0.1,
                                   .camera_watts = 1,
                                   .server_encode_s_per_megapixel = 0.1,
                                   .forward_s_per_gflop = 1,
                                   .backward_ratio = 0.73,
                                   .server_watts = 1,
                                   .latency_s = 0.01},
                        .environment = {},
                        .instruments = fake_.instruments,
                        .jobs = jobs};
        plan.read.size_multiple = 16;
        for (const SchemeKind& kind : scheme_table()) {
            if (!kind.by_default || kind.needs.constraints) continue;
            plan.schemes.push_back({&kind, Parameters(kind.name, kind.parameters, {})});
        }
        for (const std::string& name : clips) {
            ClipSpec clip;
            clip.name = name;
            clip.file = folder_ / (name + ".mkv");
            plan.clips.push_back(std::move(clip));
        }
        return plan;
    }

    static auto key(const SegmentRow& row) {
        return std::tuple(row.clip, row.cell.scheme, row.cell.goal, row.cell.fixed, row.segment,
                          row.configuration, row.ledger.uplink_bytes, row.ledger.gflop,
                          row.ledger.energy_j, row.accuracy, row.objective, row.delay,
                          row.streaming_accuracy, row.status);
    }
    static auto keys(const RunResult& result) {
        std::vector<decltype(key(SegmentRow{}))> all;
        for (const SegmentRow& row : result.segments) all.push_back(key(row));
        return all;
    }

    TempFolder folder_;
    FakeInstruments fake_;
};

TEST_F(ReplayTest, PlaysEveryCellOnEverySegmentOfEveryClip) {
    Trace trace(folder_ / "t", Trace::Mode::read_write);
    const RunResult result = replay(plan(2), trace, kSilent).result;
    // Five segments of a, three of b; eight schemes at three weights, and eleven configurations.
    EXPECT_EQ(result.segments.size(), (5U + 3U) * (8U * 3U + 11U));
    EXPECT_EQ(result.segments.front().clip, "a");
    EXPECT_EQ(result.segments.back().clip, "b");
    for (const SegmentRow& row : result.segments) {
        EXPECT_EQ(row.status, "ok");
        EXPECT_GE(row.accuracy, 0);
        EXPECT_LE(row.accuracy, 1);
        EXPECT_GT(row.ledger.uplink_bytes, 0);
    }
    EXPECT_FALSE(result.accgrad.empty());
}

TEST_F(ReplayTest, ThreadsChangeNothing) {
    Trace one(folder_ / "1", Trace::Mode::read_write);
    Trace many(folder_ / "4", Trace::Mode::read_write);
    EXPECT_EQ(keys(replay(plan(1), one, kSilent).result),
              keys(replay(plan(4), many, kSilent).result));
}

TEST_F(ReplayTest, RunsPlayedTogetherAreAsIfAlone) {
    Trace trace(folder_ / "t", Trace::Mode::read_write);
    const auto choice = [](const std::string& name, const std::string& lr,
                           std::vector<std::size_t> runs) {
        const SchemeKind& kind = *std::ranges::find(scheme_table(), name, &SchemeKind::name);
        std::map<std::string, std::string> given;
        if (!lr.empty()) given["lr"] = lr;
        return SchemeChoice{&kind, Parameters(name, kind.parameters, given), std::move(runs)};
    };
    ReplayPlan together = plan(2);
    together.schemes = {choice("oneadapt", "0.1", {0}), choice("oneadapt", "0.4", {1}),
                        choice("static", "", {0, 1, 2}), choice("oracle", "", {1})};
    const std::vector<ReplayOutcome> outcomes = replay_together(together, 3, trace, kSilent);
    const std::vector<std::vector<SchemeChoice>> alone = {
        {choice("oneadapt", "0.1", {0}), choice("static", "", {0})},
        {choice("oneadapt", "0.4", {0}), choice("static", "", {0}), choice("oracle", "", {0})},
        {choice("static", "", {0})}};
    ASSERT_EQ(outcomes.size(), alone.size());
    for (std::size_t run = 0; run < alone.size(); ++run) {
        ReplayPlan one = plan(1);
        one.schemes = alone[run];
        const RunResult expected = replay(one, trace, kSilent).result;
        EXPECT_EQ(keys(outcomes[run].result), keys(expected)) << run;
        EXPECT_EQ(outcomes[run].result.accgrad.size(), expected.accgrad.size()) << run;
    }
    EXPECT_NE(keys(outcomes[0].result), keys(outcomes[1].result));
}

TEST_F(ReplayTest, WarmEqualsColdAndMeasuresNothing) {
    Trace trace(folder_ / "t", Trace::Mode::read_write);
    const auto cold = keys(replay(plan(2), trace, kSilent).result);
    const int encodes = fake_.codec.encodes;
    const int infers = fake_.model.infers;
    EXPECT_EQ(cold, keys(replay(plan(2), trace, kSilent).result));
    EXPECT_EQ(fake_.codec.encodes, encodes);
    EXPECT_EQ(fake_.model.infers, infers);
}

TEST_F(ReplayTest, NothingIsMeasuredTwice) {
    Trace trace(folder_ / "t", Trace::Mode::read_write);
    replay(plan(4, {"a"}), trace, kSilent);
    EXPECT_EQ(fake_.codec.encodes, 5 * 11);
    EXPECT_EQ(fake_.model.infers, 5 * 11);
}

TEST_F(ReplayTest, OfflineNeedsNoMedia) {
    const auto cold = [&] {
        Trace trace(folder_ / "t", Trace::Mode::read_write);
        return keys(replay(plan(2), trace, kSilent).result);
    }();
    std::filesystem::remove(folder_ / "a.mkv");
    std::filesystem::remove(folder_ / "b.mkv");
    ReplayPlan offline = plan(2);
    offline.offline = true;
    Trace trace(folder_ / "t", Trace::Mode::read_only);
    EXPECT_EQ(cold, keys(replay(offline, trace, kSilent).result));
}

TEST_F(ReplayTest, OfflineSaysWhatIsMissing) {
    ReplayPlan few = plan(2, {"a"});
    few.schemes = {few.schemes.at(5)};
    ASSERT_EQ(few.schemes.front().kind->name, "static");
    const auto recorded = [&] {
        Trace trace(folder_ / "t", Trace::Mode::read_write);
        return keys(replay(few, trace, kSilent).result);
    }();
    Trace trace(folder_ / "t", Trace::Mode::read_only);
    ReplayPlan offline = plan(2);
    offline.offline = true;
    EXPECT_THAT([&] { replay(offline, trace, kSilent); },
                ThrowsMessage<TraceError>(HasSubstr("clip 'b' was never recorded")));
    const auto offline_of = [&](std::initializer_list<std::size_t> schemes) {
        ReplayPlan one = plan(2, {"a"});
        const auto all = std::exchange(one.schemes, {});
        for (const std::size_t scheme : schemes) one.schemes.push_back(all.at(scheme));
        one.offline = true;
        return one;
    };
    ASSERT_EQ(offline.schemes.at(0).kind->name, "oneadapt");
    EXPECT_THAT([&] { replay(offline_of({0}), trace, kSilent); },
                ThrowsMessage<TraceError>(HasSubstr("lacks a measurement of clip 'a'")));
    ReplayOutcome outcome = replay(offline_of({0, 5}), trace, kSilent);
    ASSERT_EQ(outcome.failures.size(), 1U);
    EXPECT_THAT(outcome.failures.front().schemes, ElementsAre("oneadapt"));
    EXPECT_EQ(outcome.failures.front().code, ExitCode::trace);
    std::erase_if(outcome.result.segments,
                  [](const SegmentRow& row) { return row.cell.scheme != "static"; });
    EXPECT_EQ(keys(outcome.result), recorded);
}

TEST_F(ReplayTest, AnInterruptedRecordingGoesOnWhereItStopped) {
    Trace whole(folder_ / "whole", Trace::Mode::read_write);
    const auto expected = keys(replay(plan(2), whole, kSilent).result);
    Trace trace(folder_ / "t", Trace::Mode::read_write);
    std::atomic<int> left = 20;
    fake_.codec.on_encode = [&](const Configuration&) {
        if (--left < 0) throw Interrupted();
    };
    EXPECT_THROW(replay(plan(2), trace, kSilent), Interrupted);
    EXPECT_GT(trace.size(), 15);
    fake_.codec.on_encode = [](const Configuration&) {};
    fake_.codec.encodes = 0;
    EXPECT_EQ(expected, keys(replay(plan(2), trace, kSilent).result));
    EXPECT_LT(fake_.codec.encodes, 8 * 11 - 18);
}

TEST_F(ReplayTest, AFailedClipIsRowsWithItsErrorAndTheOthersGoOn) {
    test::write_recording(folder_ / "c.mkv",
                          {.size = {64, 48}, .times_ms = test::constant_rate(200, 10)});
    test::cut_off(folder_ / "c.mkv", 0.5);
    std::vector<decltype(keys({}))> results;
    for (const int jobs : {1, 3}) {
        Trace trace(folder_ / ("t" + std::to_string(jobs)), Trace::Mode::read_write);
        const ReplayOutcome outcome = replay(plan(jobs, {"a", "c"}), trace, kSilent);
        ASSERT_EQ(outcome.failures.size(), 1U);
        EXPECT_EQ(outcome.failures[0].clip, "c");
        EXPECT_THAT(outcome.result.segments.back().status, HasSubstr("error: "));
        results.push_back(keys(outcome.result));
    }
    EXPECT_EQ(results[0], results[1]);
    Trace trace(folder_ / "alone", Trace::Mode::read_write);
    EXPECT_THROW(replay(plan(1, {"c"}), trace, kSilent), InputError);
}

TEST_F(ReplayTest, ARecordingChangedBehindTheTraceIsMeasuredAnew) {
    Trace trace(folder_ / "t", Trace::Mode::read_write);
    const auto before = keys(replay(plan(2, {"a"}), trace, kSilent).result);
    std::filesystem::copy_file(folder_ / "b.mkv", folder_ / "a.mkv",
                               std::filesystem::copy_options::overwrite_existing);
    const auto after = keys(replay(plan(2, {"a"}), trace, kSilent).result);
    EXPECT_EQ(after.size(), before.size() / 5 * 3);
}

}  // namespace
}  // namespace oneadapt
