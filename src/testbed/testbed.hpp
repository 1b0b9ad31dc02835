#pragma once

#include <map>
#include <string>
#include <vector>

#include "knobs/knob_space.hpp"
#include "measure/differentiate.hpp"
#include "measure/encode.hpp"
#include "measure/infer.hpp"
#include "measure/lab.hpp"
#include "media/segment.hpp"
#include "support/units.hpp"
#include "testbed/device_profile.hpp"
#include "testbed/ledger.hpp"
#include "testbed/referee.hpp"
#include "testbed/uplink.hpp"

namespace oneadapt {

/// What a scheme hands over for a segment.
struct Delivery {
    OutputPtr output;
    Configuration configuration;  ///< what the output was received under
};

/// A gradient scheme's prediction, to be compared with the truth by the referee.
struct AccGradNote {
    std::string knob;
    Configuration dearer;
    Configuration cheaper;
    double estimate = 0;  ///< predicted loss of utility when going from dearer to cheaper
};

/// What profiling a configuration on the server tells.
struct Profiled {
    std::int64_t bytes = 0;
    double priced_bytes = 0;  ///< see priced_bytes()
    double accuracy = 0;      ///< against the server's own output for the reference
};

/// What a configuration asks of link and GPU for one segment.
struct Demand {
    double bytes = 0;
    double passes = 0;  ///< frames that the DNN sees, in forward passes of the reference's DNN
};

/// The world that all cells of a clip share.
struct World {
    DeviceProfile device;
    std::optional<LinkRate> link;
    double forward_gflop = 0;  ///< of one frame, by the reference's DNN
    double megapixels = 0;     ///< of one frame at the analysis size
    double gpu_share = 0;      ///< see priced_bytes()
    /// GFLOP of each size of the DNN as a share of the reference's, by value of the knob `model`;
    /// empty where that knob is not in use.
    std::map<double, double> model_shares = {};

    /// Forward passes of the reference's DNN that one of `configuration` does the work of.
    double passes(const Configuration& configuration) const;
    Demand demand(const Configuration& configuration, const Encoding& encoding) const;
};

/// What a configuration costs: its bytes and the DNN's work, in the currency of bytes. The work
/// weighs `gpu_share` (0 to 1), bytes the rest; the reference always costs its bytes.
double priced_bytes(double gpu_share, const Demand& demand, const Demand& reference);

/// The priced world: the only thing a scheme can act on. Camera, uplink and server are three
/// machines that work one thing after the other; each act takes simulated time on its machine and
/// is charged to the ledger. One testbed serves one cell, segment after segment.
class Testbed {
  public:
    Testbed(const World& world, const KnobSpace& space, const Task& task, const Sidecar& sidecar);

    // --- facts a scheme knows for free
    const KnobSpace& space() const { return *space_; }
    const SegmentInfo& segment() const { return lab_->segment(); }
    bool link_limited() const { return uplink_.limited(); }
    double gpu_share() const { return world_->gpu_share; }
    /// Sidecar::loss_scale of the DNN.
    double loss_scale() const { return sidecar_->loss_scale; }
    /// The sender's view of the uplink during the last segment; empty without a link.
    const std::vector<LinkTick>& link_ticks() const { return ticks_; }

    // --- camera
    /// Encodes the segment; charged once per segment and configuration as_sent().
    EncodingPtr encode(const Configuration& configuration);
    /// What a configuration asks for in this segment; encodes when that has not happened.
    Demand demand(const Configuration& configuration);

    // --- uplink
    /// Sends what encode() made, once per segment; encodes first when that has not happened.
    void send(const Configuration& configuration);
    /// Sends bytes without meaning, to probe the link.
    void send_padding(std::int64_t bytes);

    // --- server; each needs the configuration to have been sent, else std::logic_error
    /// Runs the DNN on the kept frames; charged once per segment and configuration.
    OutputPtr infer(const Configuration& configuration);
    /// One backpropagation through the last kept frame, its forward pass reused; needs infer().
    /// Charged once per segment, configuration and floor.
    GradientPtr gradient(const Configuration& configuration, double floor);
    /// Re-encodes the received reference under `configuration` on the server (once per segment and
    /// configuration as_sent(), not when that is what was received), infers, and compares; needs
    /// infer() of the reference. Runs in the background: it delays no result.
    Profiled profile(const Configuration& configuration);

    // --- downlink
    void feedback(std::int64_t bytes) { ledger_.downlink_bytes += bytes; }

    void note(AccGradNote note) { notes_.push_back(std::move(note)); }

    // --- for the replay loop, not for schemes
    /// Starts a segment. `lab` must outlive finish().
    void begin(Lab& lab);
    /// What the segment cost, and when `delivery` reached its user, counted from the end of
    /// capture.
    struct Bill {
        Ledger ledger;
        SimSeconds delay;
        std::vector<AccGradNote> notes;
    };
    Bill finish(const Delivery& delivery);

  private:
    /// How far a configuration as_sent() has come.
    struct Upload {
        EncodingPtr encoding;
        SimSeconds encoded_at;
        std::optional<SimSeconds> arrived_at;
        bool server_encoded = false;
    };
    /// And what the server has made of it under a configuration.
    struct Analysis {
        OutputPtr output;
        SimSeconds inferred_at;
        std::map<double, GradientPtr> gradients;
        std::optional<Profiled> profiled;
    };
    const Upload& sent(const Configuration& configuration, const char* act) const;
    /// Whether the server already has the media of `configuration`; from now on it has.
    bool at_hand(const Configuration& configuration);
    double sent_megapixels(const Configuration& configuration, int frames) const;

    const World* world_;
    const KnobSpace* space_;
    const Task* task_;
    const Sidecar* sidecar_;
    Uplink uplink_;
    SimSeconds camera_free_;
    SimSeconds server_free_;

    Lab* lab_ = nullptr;
    std::map<Configuration, Upload> uploads_;
    std::map<Configuration, Analysis> analyses_;
    Ledger ledger_;
    std::vector<LinkTick> ticks_;
    std::vector<AccGradNote> notes_;
};

}  // namespace oneadapt
