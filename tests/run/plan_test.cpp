#include "run/plan.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "run/lookup.hpp"
#include "support/errors.hpp"
#include "support/temp_folder.hpp"
#include "support/tiny_clip.hpp"

namespace oneadapt {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

TEST(Resolve, FillsInWhateverDecidesAResult) {
    const RunSpec spec = resolve({});
    EXPECT_EQ(spec.input, "video");
    EXPECT_THAT(spec.knobs, ElementsAre("qp"));
    EXPECT_EQ(spec.values.at("qp").size(), 11U);
    EXPECT_EQ(spec.schemes.size(), scheme_table().size());
    EXPECT_EQ(std::get<double>(spec.settings.at("oneadapt").at("lr")), 0.5);
    EXPECT_EQ(spec.weights, default_weights());
    EXPECT_EQ(std::get<double>(*spec.fps), 10);
    EXPECT_EQ(spec.segment_frames, 10);
    EXPECT_EQ(spec.codec, "h264");
    EXPECT_EQ(spec.preset, "medium");
    EXPECT_EQ(spec.model.filename(), "street-n.pt");
    EXPECT_EQ(spec.dataset.filename(), "street.json");
    EXPECT_EQ(spec.profile.filename(), "default.json");
    EXPECT_TRUE(spec.model.is_relative()) << "as seen from here";
}

TEST(Resolve, ChangesNothingThatIsResolved) {
    RunSpec family;
    family.knobs = {"qp", "model"};
    RunSpec sound;
    sound.task = "transcribe";
    for (const RunSpec& spec : {RunSpec{}, family, sound}) {
        const RunSpec once = resolve(spec);
        EXPECT_EQ(resolve(once), once);
        EXPECT_EQ(spec_from_json(to_json(once), "spec"), once);
        EXPECT_EQ(without_defaults(once), spec) << to_json(without_defaults(once));
    }
}

TEST(Resolve, DefaultsFollowAChange) {
    RunSpec whole;
    whole.settings["oneadapt"]["lr"] = 0.05;
    whole = resolve(whole);
    const RunSpec sound =
        resolve(changed(without_defaults(whole), {{"task", {"transcribe"}}, {"weights", {"1"}}}));
    EXPECT_EQ(sound.input, "audio");
    EXPECT_EQ(sound.codec, "flac");
    EXPECT_EQ(sound.segment_frames, 1);
    EXPECT_THAT(sound.weights, ElementsAre(1));
    EXPECT_EQ(std::get<double>(sound.settings.at("oneadapt").at("lr")), 0.05) << "what was set";
}

TEST(Resolve, LeavesASpecThatCannotBeResolvedAsItIs) {
    RunSpec spec;
    spec.model = "none.pt";
    EXPECT_EQ(without_defaults(spec), spec);
    EXPECT_THAT([&] { resolve(spec); }, ThrowsMessage<ModelError>(HasSubstr("none.json")));
}

TEST(Session, IsTheSpecMadeConcrete) {
    const test::TempFolder folder;
    test::write_recording(folder / "tiny.mkv",
                          {.size = {96, 70}, .times_ms = test::constant_rate(24, 10)});
    RunSpec spec;
    spec.clips = {folder / "tiny.mkv"};
    spec.schemes = {"static"};
    spec.size = "64x32";
    spec.weight_gpu = 0.25;
    spec.score = "labels";
    spec.link = 5.0;
    spec.start_s = 0.5;
    const Session session = open_session(spec, {.trace = folder / "t.trace", .jobs = 3});
    const ReplayPlan& plan = session.plan;
    EXPECT_EQ(plan.task->name, "detect");
    EXPECT_EQ(plan.clips.at(0).name, "tiny");
    EXPECT_EQ(plan.clips.at(0).start_s, 0.5);
    EXPECT_EQ(plan.read.size, cv::Size(64, 32));
    EXPECT_EQ(plan.goals.front().prices.gpu, 0.25);
    EXPECT_TRUE(plan.score_by_labels);
    EXPECT_TRUE(plan.environment.uplink.has_value());
    EXPECT_EQ(plan.jobs, 3);
    EXPECT_EQ(plan.device.name, "default");
    EXPECT_EQ(session.spec, resolve(spec));
}

}  // namespace
}  // namespace oneadapt
