#include "dnn_torch/pictures.hpp"

#include <vector>

// clang cannot read ATen.h as C++20 unless this came before it
#include <ATen/core/ivalue.h>

#include <ATen/ATen.h>

#include "dnn_torch/output.hpp"

namespace oneadapt {
namespace {

void check_size(cv::Size size, const Sidecar& sidecar, const std::string& where) {
    const std::string problem = fmt::format("cannot take frames of {}x{}", size.width, size.height);
    if (sidecar.fixed_size && size != *sidecar.fixed_size) {
        throw ModelError(where, problem,
                         fmt::format("its sidecar asks for {}x{}", sidecar.fixed_size->width,
                                     sidecar.fixed_size->height));
    }
    const int multiple = sidecar.fixed_size ? 1 : sidecar.size_multiple;
    if (size.empty() || size.width % multiple != 0 || size.height % multiple != 0) {
        throw ModelError(where, problem,
                         fmt::format("its sidecar asks for multiples of {}", multiple));
    }
}

}  // namespace

at::Tensor to_input(std::span<const cv::Mat> pictures, const Sidecar& sidecar, c10::Device device,
                    const std::string& where) {
    at::Tensor pixels;
    thread_local std::vector<cv::Mat> planes;
    bool bytes = false;
    for (std::size_t i = 0; i < pictures.size(); ++i) {
        const cv::Mat& picture = pictures[i];
        if (i == 0) {
            check_size(picture.size(), sidecar, where);
            bytes = picture.depth() == CV_8U;
            pixels = at::empty({static_cast<std::int64_t>(pictures.size()), picture.channels(),
                                picture.rows, picture.cols},
                               at::kFloat);
        }
        cv::split(picture, planes);
        for (std::size_t c = 0; c < planes.size(); ++c) {
            const at::Tensor place =
                pixels[static_cast<std::int64_t>(i)][static_cast<std::int64_t>(c)];
            planes[c].convertTo(cv::Mat(picture.size(), CV_32F, place.data_ptr<float>()), CV_32F);
        }
    }
    at::Tensor input = pixels.to(device);
    if (bytes) input.div_(255.0);
    if (sidecar.range_low == 0.0 && sidecar.range_high == 1.0) return input;
    return input.mul_(sidecar.range_high - sidecar.range_low).add_(sidecar.range_low);
}

cv::Mat to_picture(const at::Tensor& planes, const Sidecar& sidecar) {
    const at::Tensor unit =
        planes.sub(sidecar.range_low).div(sidecar.range_high - sidecar.range_low);
    const at::Tensor bytes = in_memory(unit.mul(255.0).round().clamp(0, 255), at::kByte);
    const cv::Size size(static_cast<int>(bytes.size(2)), static_cast<int>(bytes.size(1)));
    std::vector<cv::Mat> channels;
    for (std::int64_t c = 0; c < bytes.size(0); ++c) {
        channels.emplace_back(size, CV_8U, bytes[c].data_ptr<std::uint8_t>());
    }
    cv::Mat picture;
    cv::merge(channels, picture);
    return picture;
}

}  // namespace oneadapt
