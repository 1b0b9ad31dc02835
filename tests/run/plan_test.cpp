#include "run/plan.hpp"

#include <algorithm>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "run/data_root.hpp"
#include "run/lookup.hpp"
#include "run/models.hpp"
#include "support/errors.hpp"
#include "support/temp_folder.hpp"
#include "support/tiny_clip.hpp"

namespace oneadapt {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

TEST(Resolve, FillsInWhateverDecidesAResult) {
    const RunSpec spec = resolve({});
    EXPECT_EQ(spec.input, "video");
    EXPECT_THAT(spec.knobs, ElementsAre("qp"));
    EXPECT_EQ(spec.values.at("qp").size(), 11U);
    const auto by_default = std::ranges::count_if(scheme_table(), [](const SchemeKind& kind) {
        return kind.by_default && !kind.needs.constraints;
    });
    EXPECT_EQ(spec.schemes.size(), static_cast<std::size_t>(by_default));
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

TEST(Resolve, AFileThatASchemeNeedsIsLookedForAmongTheShippedOnes) {
    RunSpec spec;
    spec.schemes = {"casva"};
    spec.settings["casva"]["policy"] = "casva-delivery.pt";
    const auto settings = resolve(spec).settings;
    const std::filesystem::path found = std::get<std::string>(settings.at("casva").at("policy"));
    EXPECT_EQ(found.filename(), "casva-delivery.pt");
    EXPECT_TRUE(std::filesystem::exists(found));
    spec.settings["casva"]["policy"] = "nowhere.pt";
    EXPECT_THAT([&] { resolve(spec); },
                ThrowsMessage<UsageError>(
                    AllOf(HasSubstr("casva.policy=nowhere.pt: there is no such file, here or in "),
                          HasSubstr("policies; name a file, or one of casva-delivery.pt, "
                                    "casva-latency.pt"))));
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

/// A folder with shipped detectors and one that says that it has exits.
class ZooTest : public ::testing::Test {
  protected:
    ZooTest() {
        const std::filesystem::path shipped = data_root() / "models";
        for (const char* name : {"street-n", "street-s", "street-m"}) {
            for (const char* end : {".pt", ".json"}) {
                std::filesystem::copy(shipped / (std::string(name) + end), folder.path());
            }
        }
        nlohmann::json sidecar = nlohmann::json::parse(std::ifstream(folder / "street-n.json"));
        sidecar["exits"] = 3;
        std::ofstream(folder / "early.json") << sidecar;
        std::ofstream(folder / "early.pt") << "never loaded";
        spec.knobs = {"model"};
    }
    void offer(const std::vector<std::string>& names) {
        spec.models.clear();
        for (const std::string& name : names) {
            spec.models.push_back((folder / (name + ".pt")).string());
        }
    }
    void choose(const std::vector<std::string>& names) {
        spec.values["model"] = {names.begin(), names.end()};
    }
    void refuses(const std::string& message) const {
        EXPECT_THAT(
            [&] {
                const RunSpec whole = resolve(spec);
                find_models(whole, find_task("detect"), knob_space(whole), true);
            },
            ThrowsMessage<UsageError>(HasSubstr(message)));
    }

    test::TempFolder folder;
    RunSpec spec;
};

TEST_F(ZooTest, OffersEveryFileAndItsExits) {
    offer({"street-s", "early"});
    const RunSpec whole = resolve(spec);
    EXPECT_THAT(texts(whole.values.at("model")),
                ElementsAre("street-s", "early", "early@2", "early@1"));
    EXPECT_TRUE(whole.model.empty());
    EXPECT_EQ(resolve(whole), whole);
    EXPECT_EQ(spec_from_json(to_json(whole), "spec"), whole);
    const auto models = find_models(whole, find_task("detect"), knob_space(whole), false);
    ASSERT_EQ(models.size(), 4U);
    EXPECT_EQ(models[0].exit, 0);
    EXPECT_EQ(models[1].exit, 3);
    EXPECT_EQ(models[2].name(), "early@2");
    EXPECT_EQ(models[3].exit, 1);
}

TEST_F(ZooTest, ExitsThatNothingChoosesFollow) {
    offer({"early", "street-s"});
    choose({"early@2", "street-s"});
    const RunSpec whole = resolve(spec);
    const auto models = find_models(whole, find_task("detect"), knob_space(whole), false);
    ASSERT_EQ(models.size(), 3U);
    EXPECT_EQ(models[2].name(), "early@1");
    EXPECT_EQ(models[2].size, "");
}

TEST_F(ZooTest, RefusesWhatIsNoChoice) {
    offer({"street-s"});
    refuses("is one DNN without early exits");
    offer({"street-s", "street-s"});
    refuses("is named like another");
    offer({"street-s", "early"});
    choose({"street-s@2"});
    refuses("street-s has no early exits");
    choose({"early@3"});
    refuses("early has no exit '3'; choose from early@1 to early@2, or early");
    choose({"street-x"});
    refuses("names none of --models; choose from street-s, early");
    spec.values.clear();
    spec.knobs = {"qp"};
    refuses("no knob chooses one");
}

TEST_F(ZooTest, IsPutInTheOrderOfItsWork) {
    offer({"street-n", "street-m", "street-s"});
    auto session =
        std::make_unique<Session>(open_session(spec, {.trace = folder / "t.trace", .jobs = 1}));
    const auto order = ElementsAre("street-m", "street-s", "street-n");
    EXPECT_THAT(texts(session->spec.values.at("model")), order);
    EXPECT_THAT(texts(session->plan.space.knobs().front().values), order);
    EXPECT_EQ(session->plan.instruments.dnns.front().family, "street-m");
    const RunSpec ordered = session->spec;
    session.reset();
    const Session again = open_session(ordered, {.trace = folder / "t.trace", .offline = true});
    EXPECT_EQ(again.spec, ordered);
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
