#pragma once

#include <functional>
#include <string>
#include <vector>

#include "codec/codec.hpp"
#include "dnn/auxiliary.hpp"
#include "dnn/input.hpp"
#include "dnn/model.hpp"
#include "knobs/configuration.hpp"
#include "media/segment.hpp"

namespace oneadapt {

/// A DNN, and how what it says is named in the trace.
struct Dnn {
    std::string name = {};    ///< for people: family, and which exit it stops after if not the last
    std::string size = {};    ///< its name in the run, among the values of the knob that chooses it
    Hash128 identity;         ///< model file, exit and Sidecar::output_hash()
    double threshold = 0.5;   ///< its score threshold, of the utility and of what counts
    std::string family = {};  ///< file name of the model without extension
    int exit = 0;  ///< that it is stopped after, see Model; of an anytime DNN its last one, too
    /// Gives the DNN itself, loaded on first use; throws TraceError when replaying offline.
    std::function<const Model&()> model;
};

/// A network that helps the DNN, and how what it makes is named in the trace.
struct Auxiliary {
    std::string role;  ///< see auxiliary_table()
    std::string name;  ///< file name without extension
    Hash128 identity;  ///< its file, role and input
    /// Gives the network itself, loaded on first use; throws TraceError when replaying offline.
    std::function<const Network&()> network;
};

/// What measurements are taken with, and how they are named in the trace.
struct Instruments {
    std::string encoder;    ///< Codec::identity()
    InputSpace input = {};  ///< of every DNN in use
    /// Gives the codec itself, made on first use; throws TraceError when replaying offline.
    std::function<const Codec&()> codec;
    std::vector<Dnn> dnns;                    ///< the most expensive first
    std::vector<Auxiliary> auxiliaries = {};  ///< those that the schemes of the run need

    /// The DNN that analyses what comes under `configuration`, the first when it names none. Throws
    /// UsageError when it names one that is not in use.
    const Dnn& dnn(const Configuration& configuration) const;
};

/// A segment and the way to its frames, which are read only when something must be measured.
struct SegmentRef {
    SegmentInfo info;
    /// Thread-safe; the segment stays valid as long as this SegmentRef's owner.
    std::function<const Segment&()> media;
};

}  // namespace oneadapt
