#pragma once

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
