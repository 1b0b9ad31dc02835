#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include <opencv2/core.hpp>

#include "media/segment.hpp"

/// Recordings that tests make for themselves: a fixed moving pattern, written through libav.
namespace oneadapt::test {

/// Frame `index` of the pattern as an I420 image; both sides even.
cv::Mat pattern(cv::Size size, int index);

/// A segment of the pattern's first frames.
Segment pattern_segment(cv::Size size, int frames, double fps = 10);

struct Recording {
    cv::Size size{64, 48};  ///< odd sides are fine
    std::vector<std::int64_t> times_ms = {};
    std::string encoder = "ffv1";  ///< libavcodec's name; ffv1 is lossless
    int gop = 12;
    int turn_degrees = 0;  ///< clockwise, noted in the container
};

/// `frames` times at a constant rate.
std::vector<std::int64_t> constant_rate(int frames, int fps);

/// Writes the pattern's frames at those times; the file's extension chooses the container.
void write_recording(const std::filesystem::path& file, const Recording& recording);

/// Writes 8-bit or 16-bit grey pictures at a constant rate, without loss.
void write_grey(const std::filesystem::path& file, const std::vector<cv::Mat>& pictures, int fps);

/// Silence, or noise.
void write_wav(const std::filesystem::path& file, int seconds = 1, bool noise = false);

/// A stretch of a tone of half of full scale, its phase 0 at its start.
struct Tone {
    double start_s = 0;
    double seconds = 1;
    double hertz = 100;
};

struct Sound {
    std::vector<Tone> tones = {};
    int rate = 16000;
    std::string encoder = "pcm_s16le";  ///< libavcodec's name; must take 16-bit samples
    int packet = 1024;                  ///< samples in one, unless the encoder wants others
};

/// Writes tones, one channel, each packet with the timestamp that its tone gives it; the file's
/// extension chooses the container.
void write_sound(const std::filesystem::path& file, const Sound& sound);

void write_text(const std::filesystem::path& file, const std::string& text);

/// Keeps the first `share` of a file's bytes.
void cut_off(const std::filesystem::path& file, double share);

/// Overwrites a tenth of a file's bytes, from `share` of its length on.
void damage(const std::filesystem::path& file, double share);

}  // namespace oneadapt::test
