#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "knobs/knob_space.hpp"
#include "media/segment.hpp"
#include "testbed/camera.hpp"
#include "testbed/delivery.hpp"
#include "testbed/ground.hpp"
#include "testbed/link.hpp"
#include "testbed/prices.hpp"
#include "testbed/server.hpp"

namespace oneadapt {

/// A gradient scheme's prediction, to be compared with the truth by the referee.
struct AccGradNote {
    std::string knob;
    Configuration dearer;
    Configuration cheaper;
    double estimate = 0;  ///< predicted loss of utility when going from dearer to cheaper
};

/// What is known beforehand of a DNN at a power cap.
struct DnnProfile {
    std::string name;  ///< in the run; empty where only a stopped DNN delivers what it says
    double seconds = 0;
    double watts = 0;
    double cap_watts = 0;                 ///< 0 = none
    std::vector<DnnId> exits = {};        ///< of an anytime DNN, in order
    std::optional<double> accuracy = {};  ///< mean, on other recordings
};

/// The priced world: the only thing a scheme can act on. Camera, link and server work one thing
/// after the other; each act takes simulated time on its machine and is charged to the ledger, and
/// what it yields is there, and there alone, from a time on. One testbed serves one cell, segment
/// after segment; a Driver begins and ends them.
class Testbed {
  public:
    Camera& camera() { return camera_; }
    Link& link() { return link_; }
    const Link& link() const { return link_; }
    Server& server() { return server_; }

    // --- facts that a scheme knows for free
    const KnobSpace& space() const { return ground_.world.space; }
    const RegionGrid& regions() const { return ground_.world.regions; }
    const SegmentInfo& segment() const { return ground_.lab->segment(); }
    const Prices& prices() const { return goal_.prices; }
    const Goal& goal() const { return goal_; }
    /// Sidecar::loss_scale of the DNN.
    double loss_scale() const { return ground_.world.sidecar.loss_scale; }
    /// The DNN that analyses what comes under a configuration.
    DnnId dnn(const Configuration& configuration) const { return ground_.world.dnn(configuration); }
    /// The server's offline profile: what every DNN takes at every cap, undisturbed, in the order
    /// of their DnnId.
    std::vector<DnnProfile> profile() const;
    /// When a result must be ready on the server to be delivered by the goal's deadline; absent
    /// without one.
    std::optional<SimSeconds> due() const;

    void note(AccGradNote note) { notes_.push_back(std::move(note)); }

  private:
    friend class Driver;
    Testbed(const World& world, Goal goal);

    Ground ground_;
    Goal goal_;
    Camera camera_;
    Link link_;
    Server server_;
    std::vector<AccGradNote> notes_;
};

}  // namespace oneadapt
