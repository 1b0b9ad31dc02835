#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "media/libav.hpp"

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

  private:
    struct Close {
        void operator()(AVFormatContext* context) const {
            if (context->pb != nullptr) avio_closep(&context->pb);
            avformat_free_context(context);
        }
    };

    std::string file_;
    std::unique_ptr<AVFormatContext, Close> container_;
    libav::CodecPtr encoder_;
    libav::PacketPtr packet_ = libav::make_packet();
    AVStream* stream_ = nullptr;
};

}  // namespace oneadapt
