#include "media/libav.hpp"

#include <array>
#include <cstdarg>
#include <cstdio>
#include <mutex>
#include <new>
#include <string_view>

extern "C" {
#include <libavutil/imgutils.h>
}

namespace oneadapt::libav {
namespace {

// Decoders and encoders run on one thread here, so what they log belongs to the caller's thread.
thread_local std::string last_complaint;
thread_local bool demuxer_complained = false;

bool is_demuxer(void* context) {
    const auto* kind = context == nullptr ? nullptr : *static_cast<const AVClass**>(context);
    return kind != nullptr && kind->get_category != nullptr &&
           kind->get_category(context) == AV_CLASS_CATEGORY_DEMUXER;
}

__attribute__((format(printf, 3, 0))) void keep_complaint(void* context, int level,
                                                          const char* format, va_list arguments) {
    if (level > AV_LOG_WARNING) return;
    std::array<char, 256> line{};
    if (std::vsnprintf(line.data(), line.size(), format, arguments) < 0) return;
    std::string_view text = line.data();
    // Matroska's demuxer goes on with the next whole cluster and only warns.
    const bool hole = text.find("exceeds containing master element") != std::string_view::npos;
    if (level > AV_LOG_ERROR && !hole) return;
    while (!text.empty() && (text.back() == '\n' || text.back() == '.')) text.remove_suffix(1);
    // What else a decoder says of a picture that is too large is not the reason.
    if (text.empty() || last_complaint.starts_with(kTooLarge)) return;
    last_complaint = text;
    demuxer_complained = demuxer_complained || is_demuxer(context);
}

template <class T>
T* or_throw(T* object) {
    if (object == nullptr) throw std::bad_alloc();
    return object;
}

// A picture that belongs to a cv::Mat: libav must not free it.
void leave_alone(void* /*opaque*/, std::uint8_t* /*data*/) {}

}  // namespace

FramePtr make_frame() {
    return FramePtr(or_throw(av_frame_alloc()));
}

PacketPtr make_packet() {
    return PacketPtr(or_throw(av_packet_alloc()));
}

CodecPtr make_codec(const AVCodec* codec) {
    return CodecPtr(or_throw(avcodec_alloc_context3(codec)));
}

int make_graph(const std::string& text, GraphPtr& graph) {
    graph.reset(or_throw(avfilter_graph_alloc()));
    graph->nb_threads = 1;
    AVFilterInOut* inputs = nullptr;
    AVFilterInOut* outputs = nullptr;
    const int code = avfilter_graph_parse2(graph.get(), text.c_str(), &inputs, &outputs);
    avfilter_inout_free(&inputs);
    avfilter_inout_free(&outputs);
    return code < 0 ? code : avfilter_graph_config(graph.get(), nullptr);
}

void capture_log() {
    static std::once_flag once;
    std::call_once(once, [] { av_log_set_callback(keep_complaint); });
}

std::string error_text(int code) {
    std::array<char, AV_ERROR_MAX_STRING_SIZE> text{};
    av_strerror(code, text.data(), text.size());
    std::string all = text.data();
    if (!last_complaint.empty()) all += ": " + last_complaint;
    forget_complaint();
    return all;
}

void forget_complaint() {
    last_complaint.clear();
    demuxer_complained = false;
}

std::string complaint() {
    return last_complaint;
}

std::string demuxer_complaint() {
    return demuxer_complained ? last_complaint : "";
}

cv::Mat i420_from(const AVFrame& frame) {
    cv::Mat image(frame.height * 3 / 2, frame.width, CV_8UC1);
    av_image_copy_to_buffer(image.data, static_cast<int>(image.total()), frame.data, frame.linesize,
                            AV_PIX_FMT_YUV420P, frame.width, frame.height, 1);
    return image;
}

void wrap_i420(const cv::Mat& image, cv::Size size, AVFrame& frame) {
    CV_Assert(image.type() == CV_8UC1 && image.isContinuous() && image.cols == size.width &&
              image.rows == size.height * 3 / 2);
    av_frame_unref(&frame);
    frame.format = AV_PIX_FMT_YUV420P;
    frame.width = size.width;
    frame.height = size.height;
    av_image_fill_arrays(frame.data, frame.linesize, image.data, AV_PIX_FMT_YUV420P, size.width,
                         size.height, 1);
    // Without a buffer of its own, libav would copy the picture whenever it takes a reference.
    frame.buf[0] = or_throw(
        av_buffer_create(image.data, image.total(), leave_alone, nullptr, AV_BUFFER_FLAG_READONLY));
}

}  // namespace oneadapt::libav
