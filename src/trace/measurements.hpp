#pragma once

#include <cstdint>
#include <functional>
#include <map>
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
using PicturesPtr = std::shared_ptr<const std::vector<cv::Mat>>;
using GradientPtr = std::shared_ptr<const Gradient>;

/// A DNN, and how what it says is named in the trace.
struct Dnn {
    Hash128 identity;        ///< model file and Sidecar::output_hash()
    double threshold = 0.5;  ///< its score threshold, of the utility and of what counts
    /// Gives the DNN itself, loaded on first use; throws TraceError when replaying offline.
    std::function<const Model&()> model;
};

/// What measurements are taken with, and how they are named in the trace.
struct Instruments {
    std::string encoder;    ///< Codec::identity()
    InputSpace input = {};  ///< of every DNN in use
    /// Gives the codec itself, made on first use; throws TraceError when replaying offline.
    std::function<const Codec&()> codec;
    /// By value of the knob `model`; the only one, under any value, where that knob is not in use.
    std::map<double, Dnn> dnns;

    /// The DNN that analyses what comes under `configuration`, the largest when it names none.
    /// Throws UsageError when it names one that is not in use.
    const Dnn& dnn(const Configuration& configuration) const;
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
/// waits). An exception of a measurement reaches everyone who asked for it. Configurations that
/// differ in the knob `model` alone share their encoding.
class Measurements {
  public:
    Measurements(SegmentRef segment, const Instruments& instruments, Trace& trace);
    ~Measurements();
    Measurements(const Measurements&) = delete;
    Measurements& operator=(const Measurements&) = delete;

    const SegmentInfo& segment() const;

    EncodingPtr encoding(const Configuration& configuration);
    /// The pictures that the DNN sees under `configuration`, one for each kept frame. They are not
    /// in the trace: what is not in memory is encoded and decoded for it.
    PicturesPtr received(const Configuration& configuration);
    /// The DNN's output for every frame of the segment as received under `configuration`, with the
    /// threshold of that DNN.
    OutputPtr output(const Configuration& configuration);
    /// DNNGrad of the last kept frame received under `configuration`.
    GradientPtr gradient(const Configuration& configuration, double floor);

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

/// GFLOP of a forward pass, measured once per model and analysis size.
double forward_gflop(const Dnn& dnn, cv::Size size, Trace& trace);

}  // namespace oneadapt
