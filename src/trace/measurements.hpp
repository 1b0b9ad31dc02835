#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <opencv2/core.hpp>

#include "codec/codec.hpp"
#include "dnn/input.hpp"
#include "dnn/model.hpp"
#include "knobs/configuration.hpp"
#include "media/segment.hpp"
#include "trace/trace.hpp"

namespace oneadapt {

/// What encoding a segment tells, the decoded pictures boiled down.
struct Encoding {
    std::int64_t bytes = 0;
    std::vector<int> kept;
    /// |decoded - source| in the DNN's input space, mean per tile, see difference_map().
    cv::Mat difference;
};

using EncodingPtr = std::shared_ptr<const Encoding>;
using GradientPtr = std::shared_ptr<const Gradient>;

/// What measurements are taken with, and how they are named in the trace.
struct Instruments {
    std::string encoder;     ///< Codec::identity()
    Hash128 model;           ///< model file and Sidecar::output_hash()
    double threshold = 0.5;  ///< score threshold of the utility
    InputSpace input = {};   ///< the model's
    /// Give the instrument itself, made on first use; throw TraceError when replaying offline.
    std::function<const Codec&()> codec;
    std::function<const Model&()> dnn;
};

/// A segment and the way to its frames, which are read only when something must be measured.
struct SegmentRef {
    SegmentInfo info;
    /// Thread-safe; the segment stays valid as long as this SegmentRef's owner.
    std::function<const Segment&()> media;
};

/// Measurements of one segment: from memory, else from the trace, else taken now and stored.
///
/// Several threads may ask at once; the same thing is never measured twice (the second asker
/// waits). An exception of a measurement reaches everyone who asked for it.
class Measurements {
  public:
    Measurements(SegmentRef segment, const Instruments& instruments, Trace& trace);
    ~Measurements();
    Measurements(const Measurements&) = delete;
    Measurements& operator=(const Measurements&) = delete;

    const SegmentInfo& segment() const;

    EncodingPtr encoding(const Configuration& configuration);
    /// The DNN's output for every frame of the segment as received under `configuration`.
    OutputPtr output(const Configuration& configuration);
    /// DNNGrad of the last kept frame received under `configuration`.
    GradientPtr gradient(const Configuration& configuration, double floor);

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

/// GFLOP of a forward pass, measured once per model and size.
double forward_gflop(const Instruments& instruments, cv::Size size, Trace& trace);

}  // namespace oneadapt
