#include "synthesiser.hpp"

#include <espeak-ng/espeak_ng.h>
#include <flite/flite.h>

#include <array>
#include <cmath>
#include <cstdlib>
#include <utility>

// Debian's headers of flite do not declare its voices.
extern "C" {
cst_voice* register_cmu_us_awb(const char*);
cst_voice* register_cmu_us_kal(const char*);
cst_voice* register_cmu_us_kal16(const char*);
cst_voice* register_cmu_us_rms(const char*);
cst_voice* register_cmu_us_slt(const char*);
}

namespace oneadapt::speech {

namespace {

using Accent = std::pair<const char*, const char*>;  // our name, espeak-ng's file
constexpr std::array accents{Accent{"en-us", "gmw/en-US"},
                             Accent{"en-us-nyc", "gmw/en-US-nyc"},
                             Accent{"en-gb", "gmw/en"},
                             Accent{"en-gb-rp", "gmw/en-GB-x-rp"},
                             Accent{"en-gb-lancaster", "gmw/en-GB-x-gbclan"},
                             Accent{"en-gb-midlands", "gmw/en-GB-x-gbcwmd"},
                             Accent{"en-gb-scotland", "gmw/en-GB-scotland"},
                             Accent{"en-caribbean", "gmw/en-029"}};
constexpr std::array variants{"",     "m1",    "m2",     "m3",    "m4",     "m5",    "m6",
                              "m7",   "m8",    "f1",     "f2",    "f3",     "f4",    "f5",
                              "adam", "david", "edward", "linda", "robert", "steph", "victor"};

using Register = cst_voice* (*)(const char*);
using FliteVoice = std::pair<const char*, Register>;
constexpr std::array flite_table{
    FliteVoice{"flite-awb", register_cmu_us_awb}, FliteVoice{"flite-kal", register_cmu_us_kal},
    FliteVoice{"flite-kal16", register_cmu_us_kal16}, FliteVoice{"flite-rms", register_cmu_us_rms},
    FliteVoice{"flite-slt", register_cmu_us_slt}};

std::vector<std::int16_t> heard;  // espeak-ng's callback has no place for a caller's data

int hear(short* samples, int count, espeak_EVENT* /*events*/) {
    if (samples != nullptr) heard.insert(heard.end(), samples, samples + count);
    return 0;
}

/// The name of a voice as espeak-ng wants it: "en-gb+f2" is "gmw/en+f2".
std::string espeak_name(const std::string& voice) {
    const std::string accent = voice.substr(0, voice.find('+'));
    for (const auto& [name, file] : accents) {
        if (accent == name) return file + voice.substr(accent.size());
    }
    return voice;
}

Speech espeak(const std::string& text, const Delivery& delivery) {
    espeak_ng_InitializePath(nullptr);
    if (espeak_ng_Initialize(nullptr) != ENS_OK ||
        espeak_ng_InitializeOutput(ENOUTPUT_MODE_SYNCHRONOUS, 0, nullptr) != ENS_OK ||
        espeak_ng_SetVoiceByName(espeak_name(delivery.voice).c_str()) != ENS_OK) {
        return {};
    }
    espeak_SetSynthCallback(hear);
    espeak_ng_SetParameter(espeakRATE, delivery.words_per_minute, 0);
    espeak_ng_SetParameter(espeakPITCH, delivery.pitch, 0);
    heard.clear();
    espeak_ng_Synthesize(text.c_str(), text.size() + 1, 0, POS_CHARACTER, 0, espeakCHARS_UTF8,
                         nullptr, nullptr);
    return {espeak_ng_GetSampleRate(), std::move(heard)};
}

Speech flite(const std::string& text, const Delivery& delivery, Register make) {
    constexpr float usual_rate = 170;  // words per minute of a voice left alone
    constexpr float usual_pitch = 95;  // Hz, of the diphone voices
    std::srand(1);                     // the excitation of the statistical voices
    flite_init();
    cst_voice* voice = make(nullptr);
    const float shift = std::exp2(static_cast<float>(delivery.pitch - 50) / 80);
    flite_feat_set_float(voice->features, "duration_stretch",
                         usual_rate / static_cast<float>(delivery.words_per_minute));
    flite_feat_set_float(voice->features, "f0_shift", shift);
    flite_feat_set_float(voice->features, "int_f0_target_mean", usual_pitch * shift);
    cst_wave* wave = flite_text_to_wave(text.c_str(), voice);
    if (wave == nullptr) return {};
    Speech speech{wave->sample_rate, {wave->samples, wave->samples + wave->num_samples}};
    delete_wave(wave);
    return speech;
}

}  // namespace

const std::vector<std::string>& espeak_voices() {
    static const std::vector<std::string> names = [] {
        std::vector<std::string> all;
        for (const auto& [accent, file] : accents) {
            for (const std::string variant : variants) {
                all.push_back(variant.empty() ? accent : accent + ("+" + variant));
            }
        }
        return all;
    }();
    return names;
}

const std::vector<std::string>& flite_voices() {
    static const std::vector<std::string> names = [] {
        std::vector<std::string> all;
        all.reserve(std::size(flite_table));
        for (const auto& [name, make] : flite_table) all.emplace_back(name);
        return all;
    }();
    return names;
}

Speech synthesise(const std::string& text, const Delivery& delivery) {
    for (const auto& [name, make] : flite_table) {
        if (delivery.voice == name) return flite(text, delivery, make);
    }
    return espeak(text, delivery);
}

}  // namespace oneadapt::speech
