#pragma once

#include <string>
#include <vector>

namespace oneadapt::speech {

constexpr int sample_rate = 16000;  ///< Hz, of everything here

/// How one utterance is spoken.
struct Delivery {
    std::string voice;  ///< one of voice_names()
    int words_per_minute = 170;
    int pitch = 50;  ///< 0 low to 100 high; 50 is the voice's own
};

/// The voices of espeak-ng ("en-us", "en-gb+f2": an accent and a variant) and flite ("flite-slt").
const std::vector<std::string>& espeak_voices();
const std::vector<std::string>& flite_voices();

/// Speaks a text. Returns samples at sample_rate without silence at either end, of any level; the
/// same for the same arguments, whatever was spoken before. Throws InputError for an unknown voice
/// or one that is not installed, or when the synthesiser says nothing.
std::vector<float> speak(const std::string& text, const Delivery& delivery);

}  // namespace oneadapt::speech
