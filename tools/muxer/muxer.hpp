#pragma once

extern "C" {
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
}

#include <filesystem>
#include <memory>
#include <string>

namespace oneadapt {

/// A file of one stream that is encoded on the way, the same bytes for the same frames and library
/// versions. Every method throws OutputError when libav cannot do it.
class Muxer {
  public:
    /// Prepares a file in a container of libav's, encoded by `codec` on one thread; a null one is
    /// an encoder that libavcodec lacks.
    Muxer(const std::filesystem::path& file, const std::string& container, const AVCodec* codec);

    /// The encoder, to be set up before open(): format, time base, and what else it needs.
    AVCodecContext& encoder() { return *encoder_; }

    /// Opens the encoder, adds the stream and creates the file.
    void open();

    /// Encodes one frame, or what is pending for nullptr, and writes the packets that result.
    void encode(const AVFrame* frame);

    /// Writes what is pending and closes the file.
    void finish();

    /// Throws when libav's status is an error of that step.
    void check(int status, const char* step) const;

    struct Closer {
        void operator()(AVCodecContext* context) const { avcodec_free_context(&context); }
        void operator()(AVFrame* frame) const { av_frame_free(&frame); }
        void operator()(AVPacket* packet) const { av_packet_free(&packet); }
        void operator()(AVFormatContext* context) const {
            if (context->pb != nullptr) avio_closep(&context->pb);
            avformat_free_context(context);
        }
    };
    using FramePtr = std::unique_ptr<AVFrame, Closer>;

  private:
    std::string file_;
    std::unique_ptr<AVFormatContext, Closer> container_;
    std::unique_ptr<AVCodecContext, Closer> encoder_;
    std::unique_ptr<AVPacket, Closer> packet_{av_packet_alloc()};
    AVStream* stream_ = nullptr;
};

}  // namespace oneadapt
