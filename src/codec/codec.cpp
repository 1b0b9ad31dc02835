#include "codec/codec.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "codec/draco_codec.hpp"
#include "knobs/knob_space.hpp"
#include "support/errors.hpp"
#include "support/module.hpp"
#include "support/table.hpp"

namespace oneadapt {
namespace {

constexpr const char* kLibav = "oneadapt-libav";

std::unique_ptr<Codec> make_by_libav(const char* function, const std::string& preset) {
    using Make = Codec*(const std::string&);
    return std::unique_ptr<Codec>(module_function<Make>(kLibav, function)(preset));
}

std::unique_ptr<Codec> h264(const std::string& preset) {
    return make_by_libav("oneadapt_make_h264", preset);
}

std::unique_ptr<Codec> h265(const std::string& preset) {
    return make_by_libav("oneadapt_make_h265", preset);
}

std::unique_ptr<Codec> flac(const std::string& preset) {
    return make_by_libav("oneadapt_make_flac", preset);
}

std::unique_ptr<Codec> opus(const std::string& preset) {
    return make_by_libav("oneadapt_make_opus", preset);
}

bool contains(const std::vector<std::string>& names, const std::string& name) {
    return std::ranges::find(names, name) != names.end();
}

/// The indices i below `frames` at which floor(position(i)) grows; 0 is one of them.
template <class Position>
std::vector<int> where_it_grows(int frames, const Position& position) {
    // A product that is whole in theory must not fall just short of it.
    constexpr double kRounding = 1e-9;
    std::vector<int> kept;
    double reached = -1.0;
    for (int i = 0; i < frames; ++i) {
        const double step = std::floor(position(i) + kRounding);
        if (step > reached) kept.push_back(i);
        reached = step;
    }
    return kept;
}

}  // namespace

const std::vector<CodecKind>& codec_table() {
    static const std::vector<std::string> pictures = {"video", "infrared", "depth"};
    static const std::vector<std::string> h265_knobs = {"qp",         "resolution",   "bframe-bias",
                                                        "framerate",  "filter-pixel", "filter-area",
                                                        "filter-edge"};
    static const std::vector<std::string> h264_knobs = [] {
        std::vector<std::string> more = h265_knobs;
        more.emplace_back("macroblock");
        return more;
    }();
    static const std::vector<CodecKind> table = {
        {"h264", "H.264 by x264, constant QP; a QP for each block by its adaptive quantisation",
         pictures, h264_knobs, "medium", kLibav, h264},
        {"h265", "H.265 by x265, constant QP", pictures, h265_knobs, "medium", kLibav, h265},
        {"flac",
         "FLAC, without loss at the sample rate sent",
         {"audio"},
         {"sample-rate"},
         "default",
         kLibav,
         flac},
        {"opus",
         "Opus by libopus, variable bit rate",
         {"audio"},
         {"audio-bitrate", "sample-rate"},
         "default",
         kLibav,
         opus},
        {"draco",
         "point clouds by Draco's k-d tree",
         {"lidar"},
         {"lidar-bits", "lidar-points", "framerate", "lidar-tiles"},
         "default",
         "",
         make_draco},
    };
    return table;
}

const CodecKind& find_codec(const std::string& name) {
    return find_row(codec_table(), name, "codec");
}

std::vector<std::string> knobs_of(const std::string& media) {
    std::vector<std::string> all;
    for (const CodecKind& kind : codec_table()) {
        if (!contains(kind.media, media)) continue;
        for (const std::string& knob : kind.knobs) {
            if (!contains(all, knob)) all.push_back(knob);
        }
    }
    return all;
}

const CodecKind& default_codec(const std::string& media, const std::vector<std::string>& knobs) {
    const std::vector<std::string> known = knobs_of(media);
    for (const std::string& knob : knobs) {
        find_knob(knob);
        if (contains(known, knob)) continue;
        throw UsageError(fmt::format("knob '{}'", knob), fmt::format("means nothing to {}", media),
                         fmt::format("choose from {}", fmt::join(known, ", ")));
    }
    for (const CodecKind& kind : codec_table()) {
        const auto obeys = [&](const std::string& knob) { return contains(kind.knobs, knob); };
        if (contains(kind.media, media) && std::ranges::all_of(knobs, obeys)) return kind;
    }
    throw UsageError(fmt::format("knobs {}", fmt::join(knobs, ", ")),
                     fmt::format("are not obeyed together by any codec of {}", media),
                     "leave some out (see `oneadapt-sim list`)");
}

void check_codec(const CodecKind& codec, const std::string& media,
                 const std::vector<std::string>& knobs) {
    if (!contains(codec.media, media)) {
        std::vector<std::string> fitting;
        for (const CodecKind& kind : codec_table()) {
            if (contains(kind.media, media)) fitting.push_back(kind.name);
        }
        throw UsageError(fmt::format("codec '{}'", codec.name),
                         fmt::format("does not encode {}", media),
                         fmt::format("choose from {}", fmt::join(fitting, ", ")));
    }
    for (const std::string& knob : knobs) {
        find_knob(knob);
        if (contains(codec.knobs, knob)) continue;
        throw UsageError(fmt::format("knob '{}'", knob),
                         fmt::format("has no effect on codec {}", codec.name),
                         fmt::format("choose from {}", fmt::join(codec.knobs, ", ")));
    }
}

void refuse_preset(const std::string& codec, const std::string& preset) {
    if (preset == "default") return;
    throw UsageError(fmt::format("preset '{}'", preset),
                     fmt::format("means nothing to codec {}", codec), "leave --preset out");
}

std::vector<int> kept_frames(int frames, double fps, double rate) {
    const double share = std::min(1.0, rate / fps);
    return where_it_grows(frames, [share](int i) { return i * share; });
}

std::vector<int> kept_frames(const Segment& segment, double rate) {
    const auto frames = static_cast<int>(segment.frames.size());
    if (segment.info.times.empty() || rate >= segment.fps) {
        return kept_frames(frames, segment.fps, rate);
    }
    return where_it_grows(frames, [&](int i) { return segment.info.seconds_to(i) * rate; });
}

}  // namespace oneadapt
