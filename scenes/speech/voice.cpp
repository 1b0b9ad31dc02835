#include "voice.hpp"

#include <fmt/format.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cmath>
#include <cstdint>
#include <numbers>
#include <stdexcept>

#include "support/errors.hpp"
#include "synthesiser.hpp"

namespace oneadapt::speech {

namespace {

constexpr float least_audible = 0.01F;  // of the peak; what is below at either end is silence

/// The two ends of a pipe.
class Pipe {
  public:
    Pipe() {
        if (::pipe(ends_.data()) != 0) throw std::runtime_error("no pipe for the synthesiser");
    }
    ~Pipe() {
        close_end(0);
        close_end(1);
    }
    Pipe(const Pipe&) = delete;
    Pipe& operator=(const Pipe&) = delete;

    [[nodiscard]] int reader() const { return ends_[0]; }
    [[nodiscard]] int writer() const { return ends_[1]; }
    void close_writer() { close_end(1); }

  private:
    void close_end(std::size_t end) {
        if (ends_[end] >= 0) ::close(ends_[end]);
        ends_[end] = -1;
    }

    std::array<int, 2> ends_{-1, -1};
};

/// Whether all of it could be written.
bool send(int pipe, const void* data, std::size_t size) {
    const auto* from = static_cast<const char*>(data);
    while (size > 0) {
        const ssize_t sent = ::write(pipe, from, size);
        if (sent < 0 && errno == EINTR) continue;
        if (sent <= 0) return false;
        from += sent;
        size -= static_cast<std::size_t>(sent);
    }
    return true;
}

[[noreturn]] void speak_and_exit(const std::string& text, const Delivery& delivery, int pipe) {
    bool sent = false;
    try {
        const Speech speech = synthesise(text, delivery);
        sent = send(pipe, &speech.rate, sizeof speech.rate) &&
               send(pipe, speech.samples.data(), speech.samples.size() * sizeof(std::int16_t));
    } catch (const std::exception&) {
        sent = false;  // nothing may leave the child but samples; the parent says what is wrong
    }
    ::_exit(sent ? 0 : 1);
}

/// Both synthesisers keep state from one utterance to the next that cannot be reset; a child
/// process begins afresh each time, and the threads of this one do not meet in them.
Speech synthesise_apart(const std::string& text, const Delivery& delivery) {
    Pipe pipe;
    const pid_t child = ::fork();
    if (child < 0) throw std::runtime_error("no process for the synthesiser");
    if (child == 0) speak_and_exit(text, delivery, pipe.writer());
    pipe.close_writer();
    std::vector<char> bytes;
    std::array<char, 65536> buffer{};
    ssize_t count = 0;
    while ((count = ::read(pipe.reader(), buffer.data(), buffer.size())) != 0) {
        if (count < 0 && errno != EINTR) break;
        if (count > 0) bytes.insert(bytes.end(), buffer.begin(), buffer.begin() + count);
    }
    int status = 0;
    while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    Speech speech;
    if (status == 0 && bytes.size() > sizeof speech.rate) {
        std::copy_n(bytes.data(), sizeof speech.rate, reinterpret_cast<char*>(&speech.rate));
        speech.samples.resize((bytes.size() - sizeof speech.rate) / sizeof(std::int16_t));
        std::copy(bytes.begin() + sizeof speech.rate, bytes.end(),
                  reinterpret_cast<char*>(speech.samples.data()));
    }
    return speech;
}

/// Windowed-sinc interpolation to sample_rate.
std::vector<float> resample(const Speech& speech) {
    constexpr int half_width = 16;  // zero crossings on either side
    const double step = static_cast<double>(speech.rate) / sample_rate;
    const double cutoff = std::min(1.0, 1.0 / step) * 0.95;
    const double reach = half_width / cutoff;
    const auto count = static_cast<std::ptrdiff_t>(speech.samples.size());
    std::vector<float> out(static_cast<std::size_t>(static_cast<double>(count) / step));
    for (std::size_t i = 0; i < out.size(); ++i) {
        const double centre = static_cast<double>(i) * step;
        const auto first = std::max<std::ptrdiff_t>(0, std::lround(std::ceil(centre - reach)));
        const auto last = std::min(count - 1, static_cast<std::ptrdiff_t>(centre + reach));
        double sum = 0;
        for (auto k = first; k <= last; ++k) {
            const double x = std::numbers::pi * (static_cast<double>(k) - centre);
            const double sinc = std::abs(x) < 1e-9 ? cutoff : std::sin(cutoff * x) / x;
            const double hann = 0.5 + 0.5 * std::cos(x / reach);
            sum += speech.samples[static_cast<std::size_t>(k)] * sinc * hann;
        }
        out[i] = static_cast<float>(sum / 32768.0);
    }
    return out;
}

void trim(std::vector<float>& samples) {
    float peak = 0;
    for (const float value : samples) peak = std::max(peak, std::abs(value));
    const auto audible = [&](float value) { return std::abs(value) > least_audible * peak; };
    samples.erase(std::find_if(samples.rbegin(), samples.rend(), audible).base(), samples.end());
    samples.erase(samples.begin(), std::find_if(samples.begin(), samples.end(), audible));
}

}  // namespace

std::vector<float> speak(const std::string& text, const Delivery& delivery) {
    std::vector<float> samples = resample(synthesise_apart(text, delivery));
    trim(samples);
    if (samples.empty()) {
        throw InputError(fmt::format("voice '{}'", delivery.voice), "says nothing",
                         "install espeak-ng-data and flite, or name another voice");
    }
    return samples;
}

}  // namespace oneadapt::speech
