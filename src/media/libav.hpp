#pragma once

#include <memory>
#include <string>
#include <string_view>

#include <opencv2/core.hpp>

extern "C" {
#include <libavcodec/avcodec.h>
#include <libavfilter/avfilter.h>
#include <libavformat/avformat.h>
#include <libswscale/swscale.h>
}

/// Owners of libav's objects and the little that the rooms media and codec share.
namespace oneadapt::libav {

template <auto free_function>
struct FreeByAddress {
    template <class T>
    void operator()(T* object) const {
        free_function(&object);
    }
};

template <auto free_function>
struct FreeByValue {
    template <class T>
    void operator()(T* object) const {
        free_function(object);
    }
};

using FramePtr = std::unique_ptr<AVFrame, FreeByAddress<av_frame_free>>;
using PacketPtr = std::unique_ptr<AVPacket, FreeByAddress<av_packet_free>>;
using CodecPtr = std::unique_ptr<AVCodecContext, FreeByAddress<avcodec_free_context>>;
using InputPtr = std::unique_ptr<AVFormatContext, FreeByAddress<avformat_close_input>>;
using BufferPtr = std::unique_ptr<AVBufferRef, FreeByAddress<av_buffer_unref>>;
using GraphPtr = std::unique_ptr<AVFilterGraph, FreeByAddress<avfilter_graph_free>>;
using ScalerPtr = std::unique_ptr<SwsContext, FreeByValue<sws_freeContext>>;

FramePtr make_frame();
PacketPtr make_packet();
CodecPtr make_codec(const AVCodec* codec);

/// Makes the filter graph that `text` describes, source and sink included: the first filter and the
/// last. Returns libav's error code, below 0 when it cannot be made.
int make_graph(const std::string& text, GraphPtr& graph);

/// Keeps libav from writing to the terminal; its complaints go to complaint(). Call it before
/// anything of libav; calls after the first do nothing.
void capture_log();

/// The text of a libav error code, with the last complaint that libav logged on this thread, if
/// any; forgets that complaint.
std::string error_text(int code);

/// Forgets what libav logged on this thread.
void forget_complaint();

/// How complaints of pictures that are larger than a decoder may make them begin.
inline constexpr std::string_view kTooLarge = "Picture size ";

/// The last error that libav logged on this thread since it was last forgotten; empty if none.
std::string complaint();

/// What was last logged on this thread, if a demuxer complained since it was last forgotten; else
/// empty. Some demuxers skip what is damaged and report no error.
std::string demuxer_complaint();

/// A copy of a yuv420p picture as an I420 image (see Segment).
cv::Mat i420_from(const AVFrame& frame);

/// Lets `frame` show an I420 image of `size` without copying it. The image must outlive the use.
void wrap_i420(const cv::Mat& image, cv::Size size, AVFrame& frame);

}  // namespace oneadapt::libav
