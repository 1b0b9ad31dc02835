#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "dnn/auxiliary.hpp"
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

/// A DNN of the run at one of its power caps, as the place of it in World::dnns.
using DnnId = std::size_t;

/// A DNN in the world at a power cap: what it works, and on this server takes.
struct WorldDnn {
    const Dnn* dnn = nullptr;
    double gflop = 0;  ///< of one frame
    double seconds = 0;
    double watts = 0;
    double cap_watts = 0;  ///< 0 = none
    /// Of an anytime DNN: its exits in their order, up to the one that it is stopped after, itself.
    std::vector<DnnId> exits = {};
    /// Mean accuracy on other recordings, where an offline profile has it.
    std::optional<double> accuracy = {};
};

/// Mean accuracy of DNNs on recordings other than the run's, by Dnn::name: an offline profile.
using Accuracies = std::map<std::string, double>;

/// A network that helps the DNN in the world: what one frame takes it on this server.
struct WorldAuxiliary {
    const Auxiliary* auxiliary = nullptr;
    double gflop = 0;
    double seconds = 0;
    double watts = 0;
};

/// What all cells of a clip share. Refers to what it was made from.
struct World {
    const Task& task;
    const Sidecar& sidecar;  ///< of the reference's DNN
    const KnobSpace& space;
    RegionGrid regions;  ///< of a frame
    DeviceProfile device;
    Environment environment;
    std::vector<WorldDnn> dnns;  ///< the reference's first; each at every cap, together
    std::vector<WorldAuxiliary> auxiliaries = {};
    Hash128 scoring = scoring_name(task, sidecar);

    /// The DNN that analyses what comes under a configuration, at the cap that it chooses.
    DnnId dnn(const Configuration& configuration) const;

    /// The network of that use; throws std::logic_error where the run has none.
    const WorldAuxiliary& auxiliary(AuxiliaryUse use) const;

    /// What that DNN says of a segment that is encoded, sent and analysed under a configuration.
    Infer infer(const Configuration& configuration) const;

    /// What a segment costs that is encoded, sent and analysed under a configuration, and nothing
    /// else.
    Ledger plain(const Configuration& configuration, const Encoding& encoding) const;

    SimSeconds encode_time(double megapixels) const {
        return {device.encode_s_per_megapixel * megapixels};
    }
};

/// The DNNs of a run at an analysis size, each at every one of `caps` or, where there are none,
/// without: GFLOP by measurement, seconds and watts from the profile, from GFLOP where it does not
/// have them. Throws UsageError when one takes more GFLOP than the one before it: the most
/// expensive comes first.
std::vector<WorldDnn> world_dnns(const Instruments& instruments, const DeviceProfile& device,
                                 cv::Size size, Trace& trace, const std::vector<double>& caps = {},
                                 const Accuracies& accuracies = {});

/// The power caps of a knob space, as its knob has them; none where it has no such knob.
std::vector<double> caps_of(const KnobSpace& space);

/// The same of the networks that help them.
std::vector<WorldAuxiliary> world_auxiliaries(const Instruments& instruments,
                                              const DeviceProfile& device, cv::Size size,
                                              Trace& trace);

}  // namespace oneadapt
