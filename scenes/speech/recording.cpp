#include "recording.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <fstream>

#include "grammar.hpp"
#include "sound_writer.hpp"
#include "support/errors.hpp"
#include "support/json.hpp"
#include "support/pending_file.hpp"
#include "voice.hpp"

namespace oneadapt::speech {

namespace {

namespace fs = std::filesystem;

constexpr double least_silence = 0.15;  // seconds, at either end of a slot
constexpr float flite_share = 0.4F;     // of the utterances where any voice will do

std::size_t samples_in(double seconds) {
    return static_cast<std::size_t>(std::lround(seconds * sample_rate));
}

const std::string& choose(Random& random, const std::vector<std::string>& names) {
    return names[static_cast<std::size_t>(random.below(static_cast<int>(names.size())))];
}

Delivery random_delivery(Random& random, const Scene& scene) {
    const bool flite = random.chance(flite_share);
    const auto& voices = !scene.voices.empty() ? scene.voices
                         : flite               ? flite_voices()
                                               : espeak_voices();
    Delivery delivery;
    delivery.voice = choose(random, voices);
    delivery.words_per_minute = 120 + random.below(101);
    delivery.pitch = 20 + random.below(61);
    return delivery;
}

/// Speaks a text within a number of samples, faster where it would take longer.
std::vector<float> speak_within(std::size_t room, const std::string& text, Delivery delivery) {
    constexpr int tries = 4;
    for (int i = 0; i < tries; ++i) {
        std::vector<float> speech = speak(text, delivery);
        if (speech.size() <= room) return speech;
        const auto excess = static_cast<double>(speech.size()) / static_cast<double>(room);
        delivery.words_per_minute =
            static_cast<int>(delivery.words_per_minute * std::min(excess * 1.05, 1.6)) + 1;
    }
    throw InputError("slot_seconds", fmt::format("are too few for '{}'", text),
                     "lengthen the slots or write fewer digits");
}

void set_power(std::vector<float>& speech) {
    double energy = 0;
    for (const float value : speech) energy += static_cast<double>(value) * value;
    const auto scale =
        static_cast<float>(std::sqrt(speech_power * static_cast<double>(speech.size()) / energy));
    for (float& value : speech) value *= scale;
}

void add_utterance(const Scene& scene, std::uint32_t slot, Recording& recording) {
    Random random(render::hash(scene.seed, slot, 501));
    const Delivery delivery = random_delivery(random, scene);
    const bool is_command = random.chance(static_cast<float>(scene.commands));
    const int count =
        scene.fewest_digits + random.below(scene.most_digits - scene.fewest_digits + 1);
    const std::string text = is_command ? command(random) : digit_string(random, count);
    const std::size_t room = samples_in(scene.slot_seconds - 2 * least_silence);
    std::vector<float> speech = speak_within(room, text, delivery);
    set_power(speech);
    const auto play = static_cast<int>(room - speech.size());
    const std::size_t first = samples_in(slot * scene.slot_seconds + least_silence) +
                              static_cast<std::size_t>(random.below(play + 1));
    for (std::size_t i = 0; i < speech.size(); ++i) recording.samples[first + i] += speech[i];
    recording.utterances.push_back({static_cast<double>(first) / sample_rate,
                                    static_cast<double>(first + speech.size()) / sample_rate, text,
                                    delivery.voice});
}

void add_noise(const Scene& scene, std::vector<float>& samples) {
    for (std::size_t i = 0; i < scene.noise.size(); ++i) {
        const NoiseEvent& event = scene.noise[i];
        const bool last = i + 1 == scene.noise.size();
        const std::size_t first = samples_in(event.start);
        const std::size_t end = last ? samples.size() : samples_in(scene.noise[i + 1].start);
        if (first >= end) continue;
        const auto level =
            static_cast<float>(std::sqrt(speech_power) * std::pow(10.0, -event.snr_db / 20));
        const auto seed = render::hash(scene.seed, static_cast<std::uint32_t>(i), 601);
        const std::vector<float> noise = make_noise(event.kind, end - first, seed);
        for (std::size_t k = 0; k < noise.size(); ++k) samples[first + k] += level * noise[k];
    }
}

void write_transcript(const fs::path& file, const Scene& scene,
                      const std::vector<Utterance>& utterances) {
    std::ofstream out(file, std::ios::binary);
    out << fmt::format("{{\"format\":\"oneadapt-transcript-1\",\"seconds\":{},\n\"utterances\":[\n",
                       scene.seconds);
    for (std::size_t i = 0; i < utterances.size(); ++i) {
        const Utterance& said = utterances[i];
        out << fmt::format(
            "{{\"start\":{:.4f},\"end\":{:.4f},\"text\":\"{}\",\"voice\":\"{}\"}}{}\n", said.start,
            said.end, said.text, said.voice, i + 1 < utterances.size() ? "," : "");
    }
    out << "]}\n";
    out.close();
    if (!out) throw OutputError(file.string(), "transcript cannot be written", "check space");
}

}  // namespace

Recording record(const Scene& scene) {
    Recording recording;
    recording.samples.resize(samples_in(scene.seconds));
    const auto slots = static_cast<std::uint32_t>(scene.seconds / scene.slot_seconds);
    for (std::uint32_t slot = 0; slot < slots; ++slot) add_utterance(scene, slot, recording);
    add_noise(scene, recording.samples);
    for (float& value : recording.samples) value = std::clamp(value, -1.0F, 1.0F);
    return recording;
}

void record_scene(const Scene& scene, const fs::path& recording_out,
                  const fs::path& transcript_out) {
    const std::string container = container_of(recording_out);
    const Recording recording = record(scene);
    PendingFile sound(recording_out);
    PendingFile transcript(transcript_out);
    write_sound(sound.path(), container, recording.samples);
    write_transcript(transcript.path(), scene, recording.utterances);
    transcript.keep();
    sound.keep();
}

void record_scene(const fs::path& scene_json, const fs::path& recording_out,
                  const fs::path& transcript_out) {
    record_scene(load_scene(scene_json), recording_out, transcript_out);
}

}  // namespace oneadapt::speech
