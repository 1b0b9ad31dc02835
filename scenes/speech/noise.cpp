#include "noise.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <numbers>

#include "render/random.hpp"
#include "voice.hpp"

namespace oneadapt::speech {

namespace {

using render::Random;

constexpr float turn = 2 * std::numbers::pi_v<float>;

/// Nearly Gaussian, mean power 1.
float gauss(Random& random) {
    constexpr float scale = 1.7320508F;  // the variance of a sum of four units is 1/3
    return (random.unit() + random.unit() + random.unit() + random.unit() - 2) * scale;
}

/// White noise coloured to fall 3 dB per octave (Paul Kellet's filter).
class Pink {
  public:
    float next(float white) {
        low_ = 0.99765F * low_ + white * 0.0990460F;
        middle_ = 0.96300F * middle_ + white * 0.2965164F;
        high_ = 0.57000F * high_ + white * 1.0526913F;
        return low_ + middle_ + high_ + white * 0.1848F;
    }

  private:
    float low_ = 0;
    float middle_ = 0;
    float high_ = 0;
};

/// A value that drifts between two limits: straight lines between random points.
class Drift {
  public:
    Drift(Random& random, float low, float high, float seconds)
        : random_(random),
          low_(low),
          high_(high),
          seconds_(seconds),
          value_(draw()),
          end_(value_) {}

    float next() {
        if (left_ == 0) {
            left_ = static_cast<int>(sample_rate * seconds_ * random_.range(0.5F, 1.5F));
            value_ = end_;
            end_ = draw();
            slope_ = (end_ - value_) / static_cast<float>(left_);
        }
        --left_;
        return value_ += slope_;
    }

  private:
    float draw() { return random_.range(low_, high_); }

    Random& random_;
    float low_, high_, seconds_;
    float value_, end_;
    float slope_ = 0;
    int left_ = 0;
};

/// A second-order resonance: one formant of a voice.
class Formant {
  public:
    float next(float input, float hertz) {
        constexpr float radius = 0.975F;
        const float out = input + 2 * radius * std::cos(turn * hertz / sample_rate) * last_ -
                          radius * radius * before_;
        before_ = last_;
        return last_ = out;
    }

  private:
    float last_ = 0;
    float before_ = 0;
};

std::vector<float> fill(std::size_t samples, const std::function<float()>& next) {
    std::vector<float> out(samples);
    std::generate(out.begin(), out.end(), next);
    return out;
}

std::vector<float> hum(std::size_t samples, Random& random) {
    constexpr int harmonics = 12;
    std::array<float, harmonics> weights{};
    for (int k = 0; k < harmonics; ++k) {
        weights[static_cast<std::size_t>(k)] = random.range(0.2F, 1) / static_cast<float>(k + 1);
    }
    Drift swell(random, 0.5F, 1, 1);
    Drift hertz(random, 48, 52, 2);
    Pink pink;
    float phase = 0;
    return fill(samples, [&] {
        phase = std::fmod(phase + hertz.next() / sample_rate, 1.0F);
        float sum = 0.05F * pink.next(gauss(random));
        for (int k = 0; k < harmonics; ++k) {
            sum += weights[static_cast<std::size_t>(k)] *
                   std::sin(turn * phase * static_cast<float>(k + 1));
        }
        return sum * swell.next();
    });
}

void add_talker(std::vector<float>& out, Random& random) {
    Drift pitch(random, random.range(80, 140), random.range(140, 260), 0.4F);
    Drift loudness(random, -0.6F, 1, 0.12F);  // syllables, and pauses where it is below zero
    Drift low(random, 300, 850, 0.12F);
    Drift high(random, 900, 2600, 0.12F);
    Formant first;
    Formant second;
    float phase = random.unit();
    for (float& sample : out) {
        phase += pitch.next() / sample_rate;
        const float pulse = phase >= 1 ? 6.0F : 0.1F * gauss(random);
        phase -= std::floor(phase);
        const float voiced = first.next(pulse, low.next()) + 0.5F * second.next(pulse, high.next());
        sample += voiced * std::max(0.0F, loudness.next());
    }
}

std::vector<float> babble(std::size_t samples, Random& random) {
    constexpr int talkers = 6;
    std::vector<float> out(samples);
    for (int i = 0; i < talkers; ++i) add_talker(out, random);
    return out;
}

std::vector<float> street(std::size_t samples, Random& random) {
    Drift traffic(random, 0.15F, 1, 1.5F);
    Pink pink;
    float rumble = 0;
    return fill(samples, [&] {
        const float white = gauss(random);
        rumble = 0.99F * rumble + 0.2F * white;
        const float near = traffic.next();
        return (2 * rumble + pink.next(white)) * near * near;
    });
}

std::vector<float> unscaled(NoiseKind kind, std::size_t samples, Random& random) {
    Pink filter;
    switch (kind) {
        case NoiseKind::hum:
            return hum(samples, random);
        case NoiseKind::babble:
            return babble(samples, random);
        case NoiseKind::street:
            return street(samples, random);
        case NoiseKind::pink:
            return fill(samples, [&] { return filter.next(gauss(random)); });
        case NoiseKind::white:
            break;
    }
    return fill(samples, [&] { return gauss(random); });
}

}  // namespace

const std::vector<std::string>& noise_names() {
    static const std::vector<std::string> names{"white", "pink", "hum", "babble", "street"};
    return names;
}

std::vector<float> make_noise(NoiseKind kind, std::size_t samples, std::uint32_t seed) {
    Random random(render::hash(seed, static_cast<std::uint32_t>(kind), 31));
    std::vector<float> noise = unscaled(kind, samples, random);
    double power = 0;
    for (const float value : noise) power += static_cast<double>(value) * value;
    const auto scale = static_cast<float>(std::sqrt(static_cast<double>(samples) / power));
    for (float& value : noise) value *= scale;
    return noise;
}

}  // namespace oneadapt::speech
