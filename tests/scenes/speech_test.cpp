#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <functional>
#include <nlohmann/json.hpp>
#include <string>

#include "speech/recording.hpp"
#include "speech/voice.hpp"
#include "support/errors.hpp"
#include "support/temp_folder.hpp"

namespace oneadapt::speech {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using ::testing::HasSubstr;

json short_scene() {
    return {{"name", "test"},
            {"seed", 5},
            {"seconds", 13},
            {"slot_seconds", 4},
            {"digits", {3, 4}},
            {"commands", 0.5},
            {"voices", {"en-gb+f2", "flite-kal16"}},
            {"noise",
             {{{"start", 0}, {"kind", "babble"}, {"snr_db", 15}},
              {{"start", 6}, {"kind", "street"}, {"snr_db", 20}}}}};
}

double power(const std::vector<float>& samples, double from, double to) {
    const auto first = static_cast<std::size_t>(from * sample_rate);
    const auto end = static_cast<std::size_t>(to * sample_rate);
    double energy = 0;
    for (std::size_t i = first; i < end; ++i) {
        energy += static_cast<double>(samples[i]) * samples[i];
    }
    return energy / static_cast<double>(end - first);
}

double decibels(double ratio) {
    return 10 * std::log10(ratio);
}

class SpeechTest : public ::testing::Test {
  protected:
    fs::path write_scene(const json& scene) const {
        fs::path file = folder_ / "scene.json";
        std::ofstream(file) << scene;
        return file;
    }

    static std::string bytes(const fs::path& file) {
        std::ifstream stream(file, std::ios::binary);
        return {std::istreambuf_iterator<char>(stream), {}};
    }

    /// Records a scene under a name and returns the recording's bytes.
    std::string sound_of(const json& scene, const std::string& name) const {
        const fs::path file = folder_ / name;
        record_scene(write_scene(scene), file, fs::path(file).replace_extension(".json"));
        return bytes(file);
    }

    std::string error_of(const json& scene) const {
        try {
            record(load_scene(write_scene(scene)));
        } catch (const InputError& error) {
            return error.what();
        }
        return "no error";
    }

    test::TempFolder folder_;
};

TEST_F(SpeechTest, SameSceneGivesSameBytesAndAnotherSeedOthers) {
    json scene = short_scene();
    const std::string first = sound_of(scene, "a.flac");
    EXPECT_GT(first.size(), 1000U);
    EXPECT_TRUE(first == sound_of(scene, "b.flac"));
    EXPECT_EQ(bytes(folder_ / "a.json"), bytes(folder_ / "b.json"));
    scene["seed"] = 6;
    EXPECT_FALSE(first == sound_of(scene, "c.flac"));
}

TEST_F(SpeechTest, LeavesNothingBesideRecordingAndTranscript) {
    sound_of(short_scene(), "a.flac");
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator(folder_.path())) {
        names.push_back(entry.path().filename().string());
    }
    EXPECT_THAT(names, ::testing::UnorderedElementsAre("scene.json", "a.flac", "a.json"));
}

TEST_F(SpeechTest, TranscriptSaysWhatIsHeardAndWhen) {
    sound_of(short_scene(), "a.flac");
    const json transcript = json::parse(bytes(folder_ / "a.json"));
    EXPECT_EQ(transcript.at("format"), "oneadapt-transcript-1");
    EXPECT_EQ(transcript.at("seconds"), 13);
    ASSERT_EQ(transcript.at("utterances").size(), 3U);
    for (const json& said : transcript.at("utterances")) {
        EXPECT_FALSE(said.at("text").get<std::string>().empty());
        EXPECT_THAT(said.at("voice"), ::testing::AnyOf("en-gb+f2", "flite-kal16"));
        EXPECT_LT(said.at("start"), said.at("end"));
    }
}

TEST_F(SpeechTest, EachUtteranceLiesInItsSlotWithSilenceAround) {
    json scene = short_scene();
    scene["slot_seconds"] = 2;
    scene["digits"] = {5, 5};
    scene["noise"] = json::array();
    const Recording recording = record(load_scene(write_scene(scene)));
    ASSERT_EQ(recording.utterances.size(), 6U);
    for (std::size_t slot = 0; slot < 6; ++slot) {
        const Utterance& said = recording.utterances[slot];
        const auto begin = 2 * static_cast<double>(slot);
        EXPECT_GE(said.start, begin + 0.149);
        EXPECT_LE(said.end, begin + 2 - 0.149);
        EXPECT_EQ(power(recording.samples, begin, begin + 0.14), 0);
        EXPECT_EQ(power(recording.samples, begin + 1.86, begin + 2), 0);
        EXPECT_NEAR(power(recording.samples, said.start, said.end), speech_power, 1e-4);
    }
}

TEST_F(SpeechTest, SignalToNoiseFollowsTheScene) {
    for (const char* kind : {"white", "pink", "hum", "babble", "street"}) {
        json scene = short_scene();
        scene["voices"] = {"flite-kal16"};
        scene["noise"] = {{{"start", 0}, {"kind", kind}, {"snr_db", 30}},
                          {{"start", 4}, {"kind", kind}, {"snr_db", 10}}};
        const Recording noisy = record(load_scene(write_scene(scene)));
        scene["noise"] = json::array();
        const Recording clean = record(load_scene(write_scene(scene)));
        std::vector<float> noise(noisy.samples.size());
        std::transform(noisy.samples.begin(), noisy.samples.end(), clean.samples.begin(),
                       noise.begin(), std::minus<>());
        EXPECT_NEAR(decibels(speech_power / power(noise, 0, 4)), 30, 0.5) << kind;
        EXPECT_NEAR(decibels(speech_power / power(noise, 4, 13)), 10, 0.5) << kind;
    }
}

TEST_F(SpeechTest, AVoiceSoundsTheSameWhateverWasSaidBefore) {
    for (const char* voice : {"en-us+m3", "en-gb-scotland", "flite-slt", "flite-kal"}) {
        const Delivery delivery{voice, 160, 40};
        const auto first = speak("three one four", delivery);
        EXPECT_GT(first.size(), 8000U);
        speak("turn left", {"en-gb+f2", 200, 70});
        EXPECT_TRUE(first == speak("three one four", delivery)) << voice;
    }
}

TEST_F(SpeechTest, EveryVoiceSpeaks) {
    for (const auto* voices : {&espeak_voices(), &flite_voices()}) {
        for (const std::string& voice : *voices) {
            EXPECT_GT(speak("seven", {voice, 170, 50}).size(), 2000U) << voice;
        }
    }
}

TEST_F(SpeechTest, BadScenesAreRefusedByName) {
    const auto with = [](const char* key, const json& value) {
        json scene = short_scene();
        scene[key] = value;
        return scene;
    };
    const json backwards = {{{"start", 3}, {"kind", "hum"}}, {{"start", 3}, {"kind", "hum"}}};
    EXPECT_THAT(error_of(with("sped", 1)), AllOf(HasSubstr("scene.json"), HasSubstr("sped")));
    EXPECT_THAT(error_of(with("seconds", "ten")), HasSubstr("scene: key 'seconds'"));
    EXPECT_THAT(error_of(with("commands", 1.5)), HasSubstr("scene.commands: 1.5 is out of range"));
    EXPECT_THAT(error_of(with("digits", {4, 3})), HasSubstr("[fewest, most]"));
    EXPECT_THAT(error_of(with("voices", {"en-mars"})), HasSubstr("unknown voice 'en-mars'"));
    EXPECT_THAT(error_of(with("voices", json::array())), HasSubstr("scene.voices: is empty"));
    EXPECT_THAT(error_of(with("noise", {{{"kind", "rain"}}})), HasSubstr("white, pink, hum"));
    EXPECT_THAT(error_of(with("noise", {{{"kind", "hum"}, {"snr", 3}}})), HasSubstr("noise[0]"));
    EXPECT_THAT(error_of(with("noise", backwards)), HasSubstr("noise[1].start"));
}

TEST_F(SpeechTest, SlotsTooShortForTheWordsAreRefused) {
    json scene = short_scene();
    scene["slot_seconds"] = 1;
    scene["digits"] = {10, 10};
    scene["commands"] = 0;
    EXPECT_THAT(error_of(scene), HasSubstr("slot_seconds: are too few"));
}

TEST_F(SpeechTest, ScenesOfTheLongStreamsAreRead) {
    for (const char* part : {"long", "long-validation", "long-test"}) {
        const fs::path folder = fs::path(ONEADAPT_SOURCE_DIR "/datasets/scenes") / part;
        for (const char* name : {"speech-indoors.json", "speech-outdoors.json"}) {
            const Scene scene = load_scene(folder / name);
            EXPECT_EQ(scene.seconds, 300);
            EXPECT_EQ(scene.noise.size(), 8U);
        }
    }
}

TEST_F(SpeechTest, MissingScenesAndOtherKindsOfFileAreRefused) {
    EXPECT_THROW(load_scene(folder_ / "none.json"), InputError);
    const fs::path scene = write_scene(short_scene());
    EXPECT_THROW(record_scene(scene, folder_ / "a.mp3", folder_ / "a.json"), UsageError);
    EXPECT_THROW(speak("one", {"en-mars", 170, 50}), InputError);
}

TEST_F(SpeechTest, AnUnwritableRecordingLeavesNothingBehind) {
    const fs::path scene = write_scene(short_scene());
    std::ofstream(folder_ / "file") << "not a folder";
    EXPECT_THROW(record_scene(scene, folder_ / "file" / "a.flac", folder_ / "a.json"), OutputError);
    EXPECT_FALSE(fs::exists(folder_ / "a.json"));
}

TEST_F(SpeechTest, WavHoldsEverySampleOfTheRecording) {
    json scene = short_scene();
    scene["voices"] = {"flite-kal"};
    const std::string wav = sound_of(scene, "a.wav");
    EXPECT_EQ(wav.substr(0, 4), "RIFF");
    EXPECT_EQ(wav.size(), 44 + std::size_t{13} * sample_rate * sizeof(std::int16_t));
}

}  // namespace
}  // namespace oneadapt::speech
