#pragma once

#include <exception>
#include <span>
#include <string>

#include <c10/core/Device.h>

#include <ATen/core/Tensor.h>
#include <fmt/format.h>
#include <opencv2/core.hpp>

#include "dnn/sidecar.hpp"
#include "dnn_torch/module.hpp"
#include "support/errors.hpp"

namespace oneadapt {

/// Pictures as a network sees them: [B,C,H,W] in the sidecar's range, on its device. Throws
/// ModelError, naming `where`, for a size that the sidecar does not allow.
at::Tensor to_input(std::span<const cv::Mat> pictures, const Sidecar& sidecar, c10::Device device,
                    const std::string& where);

/// The inverse of to_input() for one picture [C,H,W], in 8 bits.
cv::Mat to_picture(const at::Tensor& planes, const Sidecar& sidecar);

/// Does work of the network at `where`, turning whatever LibTorch throws into the user's error.
template <class Work>
auto guarded(const std::string& where, const Sidecar& sidecar, const char* what, const Work& work) {
    try {
        return work();
    } catch (const Error&) {
        throw;
    } catch (const std::exception& error) {
        rethrow_lack_of_memory(error);
        throw ModelError(where, fmt::format("{} failed ({})", what, torch_reason(error)),
                         "mend the model, or its sidecar " + sidecar.file.string());
    }
}

}  // namespace oneadapt
