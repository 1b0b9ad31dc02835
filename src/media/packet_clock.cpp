#include "media/packet_clock.hpp"

#include <algorithm>
#include <cmath>

namespace oneadapt {
namespace {

/// The ffmpeg program's own bounds: times that go back by more, or ahead by more, are a new clock.
constexpr double kBackSeconds = 0.1;
constexpr double kAheadSeconds = 10.0;

}  // namespace

PacketClock::PacketClock(const AVFormatContext& input, const AVStream& stream,
                         double packet_seconds)
    : may_break_((input.iformat->flags & AVFMT_TS_DISCONT) != 0),
      tick_(av_q2d(stream.time_base)),
      packet_ticks_(std::max<std::int64_t>(1, std::llround(packet_seconds / tick_))) {}

void PacketClock::mend(AVPacket& packet) {
    if (!may_break_) return;
    if (packet.pts != AV_NOPTS_VALUE) packet.pts += shift_;
    if (packet.dts == AV_NOPTS_VALUE) return;
    packet.dts += shift_;
    if (last_dts_ == AV_NOPTS_VALUE) last_dts_ = packet.dts;
    const std::int64_t due = last_dts_ + last_ticks_;
    const double late = static_cast<double>(packet.dts - due) * tick_;
    const double back = static_cast<double>(last_dts_ - packet.dts) * tick_;
    if (back > kBackSeconds || late > kAheadSeconds) {
        const std::int64_t shift = due - packet.dts;
        shift_ += shift;
        packet.dts += shift;
        if (packet.pts != AV_NOPTS_VALUE) packet.pts += shift;
        broke_ = true;
    }
    last_dts_ = packet.dts;
    last_ticks_ = packet.duration > 0 ? packet.duration : packet_ticks_;
}

}  // namespace oneadapt
