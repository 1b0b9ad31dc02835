#include "sound_writer.hpp"

extern "C" {
#include <libavutil/channel_layout.h>
}

#include <algorithm>
#include <cmath>
#include <cstdint>

#include "muxer/muxer.hpp"
#include "support/errors.hpp"
#include "voice.hpp"

namespace oneadapt::speech {

namespace {

constexpr int samples_per_block = 4096;

void set_up(AVCodecContext& encoder) {
    encoder.sample_fmt = AV_SAMPLE_FMT_S16;
    encoder.sample_rate = sample_rate;
    encoder.time_base = {1, sample_rate};
    encoder.frame_size = samples_per_block;
    av_channel_layout_default(&encoder.ch_layout, 1);
}

void write_block(Muxer& muxer, std::span<const float> samples, std::int64_t first) {
    const AVCodecContext& encoder = muxer.encoder();
    const libav::FramePtr frame = libav::make_frame();
    frame->nb_samples = static_cast<int>(samples.size());
    frame->format = encoder.sample_fmt;
    frame->sample_rate = sample_rate;
    frame->pts = first;
    muxer.check(av_channel_layout_copy(&frame->ch_layout, &encoder.ch_layout), "set-up");
    muxer.check(av_frame_get_buffer(frame.get(), 0), "allocating a block");
    auto* to = reinterpret_cast<std::int16_t*>(frame->data[0]);
    std::transform(samples.begin(), samples.end(), to, [](float value) {
        return static_cast<std::int16_t>(std::lround(value * 32767));
    });
    muxer.encode(frame.get());
}

}  // namespace

std::string container_of(const std::filesystem::path& file) {
    if (file.extension() == ".flac") return "flac";
    if (file.extension() == ".wav") return "wav";
    throw UsageError(file.string(), "is neither .flac nor .wav", "name a .flac or a .wav file");
}

void write_sound(const std::filesystem::path& file, const std::string& container,
                 std::span<const float> samples) {
    Muxer muxer(
        file, container,
        avcodec_find_encoder(container == "flac" ? AV_CODEC_ID_FLAC : AV_CODEC_ID_PCM_S16LE));
    set_up(muxer.encoder());
    muxer.open();
    for (std::size_t first = 0; first < samples.size(); first += samples_per_block) {
        const std::size_t count = std::min<std::size_t>(samples_per_block, samples.size() - first);
        write_block(muxer, samples.subspan(first, count), static_cast<std::int64_t>(first));
    }
    muxer.finish();
}

}  // namespace oneadapt::speech
