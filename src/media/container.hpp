#pragma once

#include <filesystem>
#include <optional>

#include "media/libav.hpp"

/// Recorded files, as libav opens them, and what their containers say.
namespace oneadapt {

/// Refuses what is not there, no file, or empty. Throws InputError.
void check_file(const std::filesystem::path& file);

/// Throws InputError for what libav cannot open, and for lists of recordings.
libav::InputPtr open_input(const std::filesystem::path& file);

/// libav takes plain text for pictures of letters.
bool is_text(AVCodecID codec);

/// What the container declares: the seconds from the stream's first packet (which may not be
/// decodable) to its end, or see counts_from_zero().
std::optional<double> declared_duration(const AVFormatContext& input, const AVStream& stream);

/// Matroska and NUT declare when a stream ends, on a clock that runs from 0 even where its first
/// packet is later.
bool counts_from_zero(const AVFormatContext& input);

/// Throws InputError: a recording that ends before its first frame.
[[noreturn]] void refuse_frameless(const std::filesystem::path& file);

}  // namespace oneadapt
