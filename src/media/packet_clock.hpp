#pragma once

#include <cstdint>

#include "media/libav.hpp"

namespace oneadapt {

/// Keeps the time of a stream's packets going where the recording's clock breaks: where recordings
/// were joined, or a broadcast's clock was set. Formats that allow for it (MPEG-TS, MPEG-PS, Ogg)
/// are mended as by the ffmpeg program; in others a jump is a pause.
class PacketClock {
  public:
    /// `packet_seconds`: how long a packet lasts that does not say so.
    PacketClock(const AVFormatContext& input, const AVStream& stream, double packet_seconds);

    /// Whether the format allows the clock to break.
    bool may_break() const { return may_break_; }

    /// Shifts the packet's times so that they go on from those of the packet before.
    void mend(AVPacket& packet);

    /// Whether the clock broke so far.
    bool broke() const { return broke_; }

  private:
    bool may_break_;
    bool broke_ = false;
    double tick_;
    std::int64_t packet_ticks_;
    std::int64_t shift_ = 0;
    std::int64_t last_dts_ = AV_NOPTS_VALUE;
    std::int64_t last_ticks_ = 0;
};

}  // namespace oneadapt
