#pragma once

#include <opencv2/core.hpp>

#include "measure/instruments.hpp"
#include "trace/trace.hpp"

namespace oneadapt {

/// GFLOP of a forward pass, measured once per model and analysis size.
double forward_gflop(const Dnn& dnn, cv::Size size, Trace& trace);
double forward_gflop(const Auxiliary& auxiliary, cv::Size size, Trace& trace);

}  // namespace oneadapt
