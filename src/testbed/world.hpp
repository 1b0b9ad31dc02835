#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "dnn/input.hpp"
#include "dnn/sidecar.hpp"
#include "dnn/task.hpp"
#include "knobs/knob_space.hpp"
#include "measure/encode.hpp"
#include "measure/infer.hpp"
#include "measure/instruments.hpp"
#include "measure/score.hpp"
#include "testbed/device_profile.hpp"
#include "testbed/environment.hpp"
#include "testbed/ledger.hpp"

namespace oneadapt {

/// A DNN of the run, as the place of it in World::dnns.
using DnnId = std::size_t;

/// A DNN in the world: what it works, and on this server takes.
struct WorldDnn {
    const Dnn* dnn = nullptr;
    double gflop = 0;  ///< of one frame
    double seconds = 0;
    double watts = 0;
    /// Of an anytime DNN: its exits in their order, up to the one that it is stopped after, itself.
    std::vector<DnnId> exits = {};
};

/// What all cells of a clip share. Refers to what it was made from.
struct World {
    const Task& task;
    const Sidecar& sidecar;  ///< of the reference's DNN
    const KnobSpace& space;
    RegionGrid regions;  ///< of a frame
    DeviceProfile device;
    Environment environment;
    std::vector<WorldDnn> dnns;  ///< the reference's first
    Hash128 scoring = scoring_name(task, sidecar);

    /// The DNN that analyses what comes under a configuration.
    DnnId dnn(const Configuration& configuration) const;

    /// What that DNN says of a segment that is encoded, sent and analysed under a configuration.
    Infer infer(const Configuration& configuration) const;

    /// What a segment costs that is encoded, sent and analysed under a configuration, and nothing
    /// else.
    Ledger plain(const Configuration& configuration, const Encoding& encoding) const;

    SimSeconds encode_time(double megapixels) const {
        return {device.encode_s_per_megapixel * megapixels};
    }
};

/// The DNNs of a run at an analysis size: GFLOP by measurement, seconds and watts from the profile,
/// from GFLOP where it does not have them. Throws UsageError when one takes more GFLOP than the one
/// before it: the most expensive comes first.
std::vector<WorldDnn> world_dnns(const Instruments& instruments, const DeviceProfile& device,
                                 cv::Size size, Trace& trace);

}  // namespace oneadapt
