#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include <opencv2/core.hpp>

#include "media/libav.hpp"
#include "media/packet_clock.hpp"

namespace oneadapt {

/// The largest picture that is decoded or analysed: 16384x8192.
inline constexpr std::int64_t kMostPixels = 16384LL * 8192;

/// The frames of a file's video or sound stream, as recorded, one after the other.
///
/// Times are in seconds from the first frame that can be decoded, whatever the container's clock
/// says then and whatever other streams begin before: that is second 0 of a clip, of its labels and
/// of its transcript. (Sound and video of one file are clips of their own, each on the clock of its
/// own first frame.) Errors are InputErrors that name the file and, once frames flow, the second.
class StreamDecoder {
  public:
    /// Opens the file, finds its best stream of that type and decodes the first frame, without
    /// scanning the rest.
    StreamDecoder(const std::filesystem::path& file, AVMediaType type);

    AVRational time_base() const;            ///< of frame timestamps
    std::optional<double> duration() const;  ///< what the container promises, from second 0 on

    // --- video
    cv::Size size() const { return size_; }  ///< of the first frame as shown, see orientation_of()
    double rate() const;                     ///< average frames per second

    /// Goes to a key frame at or before `seconds`; false when the container cannot, or its clock
    /// breaks somewhere (the position is then undefined, open the file again).
    bool seek(double seconds);

    /// The next frame, valid until the next call, or nullptr at the end. Its `pts` counts from the
    /// stream's first frame, and it carries the display matrix that holds for it, if any. Throws
    /// when the recording is damaged or stops short of its promise.
    AVFrame* next();

    double seconds(const AVFrame& frame) const;
    /// Time at which the last frame given ends.
    double end() const { return end_s_; }

    /// Throws unless the frame was decoded whole.
    void check_whole(const AVFrame& frame) const;

  private:
    void find_stream();
    void open_decoder();
    bool feed();
    bool keep_whole_samples();
    bool clock_breaks() const;
    void check_packet();
    bool begins_anew() const;
    PacketClock new_clock() const;
    bool decode();
    void stamp(AVFrame& frame);
    void orient(AVFrame& frame);
    void check_promise() const;
    [[noreturn]] void damaged(const std::string& problem) const;

    double frame_seconds() const;

    std::filesystem::path file_;
    AVMediaType type_;
    libav::InputPtr input_;
    libav::CodecPtr decoder_;
    libav::PacketPtr packet_ = libav::make_packet();
    libav::FramePtr frame_ = libav::make_frame();
    bool ahead_ = false;  ///< `frame_` was decoded on opening and not yet given
    cv::Size size_;
    libav::BufferPtr matrix_;  ///< the display matrix in force
    AVStream* stream_ = nullptr;
    const AVCodec* codec_ = nullptr;
    std::optional<PacketClock> clock_;
    std::int64_t origin_ = AV_NOPTS_VALUE;  ///< timestamp of the stream's first frame
    bool timed_ = false;                    ///< the first frame had a timestamp
    std::int64_t next_pts_ = 0;             ///< where a frame without a timestamp goes
    /// What the demuxer said of something that it skipped: an error where frames are missing, at
    /// the latest at the end.
    std::string complaint_;
    double end_s_ = 0;
    bool key_seen_ = false;
    /// What is lossless carries checksums, and a decoder that complains of them decodes all the
    /// same.
    bool exact_ = false;
    int suspects_ = 0;  ///< pictures to come before a key frame must prove a join
};

}  // namespace oneadapt
