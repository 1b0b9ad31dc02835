#include "media/container.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <string_view>

#include <fmt/format.h>

#include "support/errors.hpp"

namespace oneadapt {
namespace {

/// Matroska keeps a stream's duration as text, e.g. 00:00:08.840000000.
std::optional<double> tagged_duration(const AVStream& stream) {
    const AVDictionaryEntry* tag = av_dict_get(stream.metadata, "DURATION", nullptr, 0);
    int hours = 0;
    int minutes = 0;
    double seconds = 0;
    if (tag == nullptr || std::sscanf(tag->value, "%d:%d:%lf", &hours, &minutes, &seconds) != 3) {
        return std::nullopt;
    }
    return hours * 3600.0 + minutes * 60.0 + seconds;
}

}  // namespace

void refuse_frameless(const std::filesystem::path& file) {
    throw InputError(file.string(), "ends before its first frame", "copy or record it again");
}

void check_file(const std::filesystem::path& file) {
    std::error_code error;
    const auto status = std::filesystem::status(file, error);
    if (!std::filesystem::exists(status)) {
        throw InputError(file.string(), "does not exist", "name a recorded file");
    }
    if (std::filesystem::is_directory(status)) {
        throw InputError(file.string(), "is a directory", "name one recorded file in it");
    }
    if (!std::filesystem::is_regular_file(status)) {
        throw InputError(file.string(), "is not a regular file", "record it to a file first");
    }
    if (std::filesystem::file_size(file, error) == 0) {
        throw InputError(file.string(), "is empty (0 bytes)", "record or copy it again");
    }
}

libav::InputPtr open_input(const std::filesystem::path& file) {
    AVDictionary* options = nullptr;
    // A recording is one file: no playlist in it may reach for others or for the network.
    av_dict_set(&options, "protocol_whitelist", "file", 0);
    AVFormatContext* input = nullptr;
    // "file:" keeps a colon in the name from being read as a protocol.
    const int code =
        avformat_open_input(&input, ("file:" + file.string()).c_str(), nullptr, &options);
    av_dict_free(&options);
    if (code == AVERROR_EOF) refuse_frameless(file);
    if (code < 0) {
        throw InputError(
            file.string(),
            fmt::format("cannot be opened as a recording ({})", libav::error_text(code)),
            "give a file that `ffprobe FILE` can read; a cut-off mp4 has lost "
            "its index, record or copy it again");
    }
    libav::InputPtr opened(input);
    constexpr std::string_view kLists[] = {"concat", "hls", "dash", "imf", "sdp"};
    if (std::ranges::find(kLists, input->iformat->name) != std::end(kLists)) {
        throw InputError(file.string(), "is a list of recordings, which may change behind it",
                         "name a recording, or join them into one with `ffmpeg -c copy`");
    }
    return opened;
}

bool is_text(AVCodecID codec) {
    return codec == AV_CODEC_ID_ANSI || codec == AV_CODEC_ID_BINTEXT || codec == AV_CODEC_ID_XBIN ||
           codec == AV_CODEC_ID_IDF;
}

std::optional<double> declared_duration(const AVFormatContext& input, const AVStream& stream) {
    // FFmpeg guesses from the bit rate when nothing better is there; a guess is no promise.
    if (input.duration_estimation_method == AVFMT_DURATION_FROM_BITRATE) return std::nullopt;
    if (stream.duration > 0) return static_cast<double>(stream.duration) * av_q2d(stream.time_base);
    if (const auto tagged = tagged_duration(stream)) return tagged;
    // The container's duration is that of its longest stream, which may be the sound.
    if (input.nb_streams == 1 && input.duration > 0) {
        return static_cast<double>(input.duration) / AV_TIME_BASE;
    }
    return std::nullopt;
}

bool counts_from_zero(const AVFormatContext& input) {
    constexpr std::array<std::string_view, 2> kFormats = {"matroska,webm", "nut"};
    return std::ranges::find(kFormats, input.iformat->name) != kFormats.end();
}

}  // namespace oneadapt
