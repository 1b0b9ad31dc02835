#include "media/class_maps.hpp"
#include "media/stream_decoder.hpp"
#include "support/errors.hpp"

namespace oneadapt {

double decode_class_maps(const std::filesystem::path& file, const ClassMapVisitor& visit) {
    double end = 0;
    StreamDecoder decoder(file, AVMEDIA_TYPE_VIDEO);
    while (const AVFrame* frame = decoder.next()) {
        decoder.check_whole(*frame);
        if (frame->format != AV_PIX_FMT_GRAY8) {
            throw InputError(file.string(), "is not a recording of class maps",
                             "give 8-bit grey without loss, the class of each pixel");
        }
        const cv::Mat classes(frame->height, frame->width, CV_8U, frame->data[0],
                              static_cast<std::size_t>(frame->linesize[0]));
        visit(classes, decoder.seconds(*frame));
        end = decoder.end();
    }
    return end;
}

}  // namespace oneadapt
