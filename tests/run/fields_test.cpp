#include "run/fields.hpp"

#include <set>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "support/errors.hpp"
#include "support/temp_folder.hpp"
#include "support/tiny_clip.hpp"

namespace oneadapt {
namespace {

using nlohmann::json;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

/// What a command line makes of an option's text: lists are parted by commas.
std::vector<std::string> texts_in(const Field& field, const std::string& text) {
    if (field.often != Often::list) return {text};
    std::vector<std::string> parts;
    std::stringstream stream(text);
    for (std::string part; std::getline(stream, part, ',');) parts.push_back(part);
    return parts;
}

RunSpec with_example(const Field& field) {
    return changed({}, {{field.key, texts_in(field, field.example)}});
}

TEST(Fields, EachHasItsOwnKeyAndOptionAndMember) {
    std::set<std::string> keys;
    std::set<std::string> options;
    for (const Field& field : fields()) {
        EXPECT_TRUE(keys.insert(field.key).second) << field.key;
        EXPECT_TRUE(options.insert(field.option).second) << field.option;
        const json before = to_json({});
        const json after = to_json(with_example(field));
        std::set<std::string> differing;
        for (const json& step : json::diff(before, after)) {
            const std::string path = step["path"];
            differing.insert(path.substr(1, path.find('/', 1) - 1));
        }
        EXPECT_EQ(differing, std::set{field.key}) << "its example moves that field and no other";
    }
}

TEST(Fields, EachSurvivesJsonAndTheCommandLine) {
    for (const Field& field : fields()) {
        const RunSpec spec = with_example(field);
        EXPECT_NE(spec, RunSpec{}) << field.key;
        EXPECT_EQ(spec_from_json(json::parse(to_json(spec).dump()), "spec"), spec) << field.key;
        EXPECT_EQ(changed({}, {{field.key, field.texts(spec)}}), spec) << field.key;
        EXPECT_NE(hash_of(spec), hash_of({})) << field.key;
        RunSpec cleared = spec;
        field.clear(cleared);
        EXPECT_EQ(cleared, RunSpec{}) << field.key;
    }
    EXPECT_EQ(spec_from_json(to_json({}), "spec"), RunSpec{});
}

TEST(Fields, AllAtOnceSurvive) {
    RunSpec spec;
    for (const Field& field : fields()) {
        if (field.key == "dataset" || field.key == "task") continue;  // excluded; without infrared
        if (field.key == "goal") continue;  // the schemes of the example know no constraints
        spec = changed(std::move(spec), {{field.key, texts_in(field, field.example)}});
    }
    EXPECT_EQ(spec_from_json(to_json(spec), "spec"), spec);
    EXPECT_EQ(spec.weights, (std::vector{0.1, 1.0, 10.0}));
    EXPECT_EQ(spec.duration_s, 30);
    EXPECT_EQ(std::get<std::string>(*spec.fps), "native");
    EXPECT_EQ(std::get<double>(*spec.link), 5);
}

TEST(Fields, JsonIsWhatOneWouldWrite) {
    const RunSpec spec = spec_from_json(json::parse(R"({
        "task": "detect", "knobs": ["qp", "model"], "values": {"qp": [20, 30], "model": ["m", "n"]},
        "schemes": ["oneadapt", "chameleon"],
        "settings": {"oneadapt": {"lr": 0.05}, "chameleon": {"variant": "published"}},
        "weights": [1, 2], "fps": 5, "link": "cellular.csv", "warmup": 3})"),
                                        "spec");
    EXPECT_EQ(spec.values.at("model"), (std::vector<KnobValue>{"m", "n"}));
    EXPECT_EQ(std::get<double>(spec.settings.at("oneadapt").at("lr")), 0.05);
    EXPECT_EQ(std::get<double>(*spec.fps), 5);
    EXPECT_EQ(spec.warmup, 3);
    const json out = to_json(spec);
    EXPECT_EQ(out["values"], json::parse(R"({"qp": [20.0, 30.0], "model": ["m", "n"]})"));
    EXPECT_EQ(out["settings"]["chameleon"]["variant"], "published");
    EXPECT_EQ(out["device"], "cpu");
    EXPECT_FALSE(out.contains("size")) << "what is absent stands for its default";
}

TEST(Fields, HashesAreOfTheValue) {
    const RunSpec a = spec_from_json(json::parse(R"({"weights": [1], "fps": 5})"), "a");
    const RunSpec b = spec_from_json(json::parse(R"({"fps": 5.0, "weights": [1.0]})"), "b");
    EXPECT_EQ(hash_of(a), hash_of(b));
}

void refuses(const char* text, const std::string& place, const std::string& message) {
    EXPECT_THAT([&] { spec_from_json(json::parse(text), "my.json"); },
                ThrowsMessage<InputError>(AllOf(HasSubstr(place), HasSubstr(message))))
        << text;
}

TEST(Fields, RefusesWhatIsNoSpec) {
    refuses("[]", "my.json", "is an array");
    refuses(R"({"knob": ["qp"]})", "my.json: has the unknown key 'knob'",
            "valid keys are task, input, knobs, values");
    refuses(R"({"knobs": "qp"})", "my.json: key 'knobs'", "is a string; write a list");
    refuses(R"({"weights": [1, "x"]})", "my.json: key 'weights'[1]", "is a string; write a number");
    for (const char* key : {"clips", "knobs", "schemes", "weights"}) {
        refuses(fmt::format(R"({{"{}": []}})", key).c_str(), fmt::format("key '{}'", key),
                "is an empty list; leave the key out");
    }
    refuses(R"({"warmup": 1.5})", "my.json: key 'warmup'", "not whole");
    refuses(R"({"size": null})", "my.json: key 'size'", "is a null");
    refuses(R"({"clips": ["a.mp4", ""]})", "my.json: key 'clips'[1]", "names no file");
    refuses(R"({"model": ""})", "my.json: key 'model'", "names no file");
    refuses(R"({"fps": [5]})", "my.json: key 'fps'", "write a number, or a word");
    refuses(R"({"values": {"qp": 20}})", "my.json: key 'values': key 'qp'", "write a list");
    refuses(R"({"settings": {"oneadapt": 1}})", "key 'settings': key 'oneadapt'",
            "write an object");
    refuses(R"({"settings": {"oneadapt": {"lr": true}}})", "key 'oneadapt': key 'lr'",
            "is of type boolean");
}

TEST(Fields, AnOptionNamesAFile) {
    for (const char* key : {"clips", "dataset", "model", "sidecar", "profile"}) {
        EXPECT_THAT(
            [&] {
                changed({}, {{key, {""}}});
            },
            ThrowsMessage<UsageError>(HasSubstr("names no file")))
            << key;
    }
}

TEST(Fields, RefusesValuesThatCannotBe) {
    refuses(R"({"task": "fly"})", "my.json: key 'task'", "choose from detect");
    refuses(R"({"task": "segment", "input": "lidar"})", "my.json: key 'input'", "video");
    refuses(R"({"knobs": ["qq"]})", "my.json: key 'knobs'", "choose from qp");
    refuses(R"({"knobs": ["qp", "macroblock"]})", "my.json: key 'knobs'", "region by region");
    refuses(R"({"values": {"qp": [99]}})", "my.json: key 'values'", "out of range");
    refuses(R"({"values": {"qp": []}})", "my.json: key 'values'", "no values");
    refuses(R"({"values": {"model": ["a/b"]}})", "my.json: key 'values'", "'a/b' is not a name");
    refuses(R"({"knobs": ["qp"], "values": {"resolution": [1]}})", "my.json: key 'values'",
            "not in use");
    refuses(R"({"schemes": ["onedapt"]})", "my.json: key 'schemes'", "choose from oneadapt");
    refuses(R"({"schemes": ["static", "static"]})", "my.json: key 'schemes'", "named twice");
    refuses(R"({"settings": {"oneadapt": {"rate": 1}}})", "my.json: key 'settings'",
            "choose from lr");
    refuses(R"({"schemes": ["static"], "settings": {"oneadapt": {"lr": 1}}})",
            "my.json: key 'settings'", "does not run");
    refuses(R"({"weights": [-1]})", "my.json: key 'weights'", "negative");
    refuses(R"({"weight_gpu": 1.5})", "my.json: key 'weight_gpu'", "from 0 to 1");
    refuses(R"({"fps": "often"})", "my.json: key 'fps'", "'often' is not a number");
    refuses(R"({"fps": 0})", "my.json: key 'fps'", "from 0.00028 to 1000");
    refuses(R"({"size": "big"})", "my.json: key 'size'", "WIDTHxHEIGHT");
    refuses(R"({"segment_frames": 0})", "my.json: key 'segment_frames'", "from 1 to 10000");
    refuses(R"({"start_s": -1})", "my.json: key 'start_s'", "out of range");
    refuses(R"({"duration_s": 0})", "my.json: key 'duration_s'", "out of range");
    refuses(R"({"codec": "av2"})", "my.json: key 'codec'", "h264");
    refuses(R"({"score": "looks"})", "my.json: key 'score'", "reference, labels");
    refuses(R"({"clips": ["a.mp4"], "dataset": "b.json"})", "my.json: key 'clips'",
            "excludes the key 'dataset'");
}

TEST(Fields, ChangingOneTakesAwayWhatNamesSomethingNoLongerInUse) {
    RunSpec spec = spec_from_json(json::parse(R"({"knobs": ["qp", "resolution"],
                        "values": {"qp": [20, 30], "resolution": [1, 0.5]},
                        "schemes": ["oneadapt", "chameleon"],
                        "settings": {"oneadapt": {"lr": 0.05, "beta": 0.5},
                                     "chameleon": {"variant": "published"}},
                        "dataset": "mine.json"})"),
                                  "spec");
    spec = changed(std::move(spec), {{"knobs", {"qp"}}, {"schemes", {"oneadapt"}}});
    EXPECT_EQ(to_json(spec)["values"], json::parse(R"({"qp": [20.0, 30.0]})"));
    EXPECT_EQ(to_json(spec)["settings"], json::parse(R"({"oneadapt": {"lr": 0.05, "beta": 0.5}})"));
    spec = changed(std::move(spec), {{"settings", {"oneadapt.lr=0.1"}}, {"clips", {"a.mp4"}}});
    EXPECT_EQ(to_json(spec)["settings"], json::parse(R"({"oneadapt": {"lr": 0.1, "beta": 0.5}})"));
    EXPECT_THAT(spec.clips, ElementsAre("a.mp4"));
    EXPECT_EQ(spec.dataset, "");
    spec = changed(std::move(spec), {{"dataset", {"mine.json"}}});
    EXPECT_TRUE(spec.clips.empty());
}

TEST(Fields, ASpecIsReadFromAFileOrAManifest) {
    const test::TempFolder folder;
    test::write_text(folder / "spec.json", R"({"warmup": 5})");
    test::write_text(folder / "manifest.json",
                     R"({"program": "oneadapt-sim", "warmup": 1, "spec": {"warmup": 5}})");
    test::write_text(folder / "old.json", R"({"program": "oneadapt-sim", "warmup": 1})");
    test::write_text(folder / "bad.json", R"({"program": "oneadapt-sim", "spec": {"warm": 5}})");
    EXPECT_EQ(load_spec(folder / "spec.json").warmup, 5);
    EXPECT_EQ(load_spec(folder / "manifest.json").warmup, 5);
    EXPECT_THAT(
        [&] { load_spec(folder / "old.json"); },
        ThrowsMessage<InputError>(AllOf(HasSubstr("old.json"), HasSubstr("older version"))));
    EXPECT_THAT([&] { load_spec(folder / "bad.json"); },
                ThrowsMessage<InputError>(HasSubstr("bad.json: key 'spec': has the unknown key")));
}

}  // namespace
}  // namespace oneadapt
