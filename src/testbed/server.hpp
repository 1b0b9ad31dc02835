#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <tuple>
#include <utility>

#include "dnn/output.hpp"
#include "measure/differentiate.hpp"
#include "measure/repeats.hpp"
#include "testbed/at.hpp"
#include "testbed/ground.hpp"
#include "testbed/link.hpp"

namespace oneadapt {

/// What profiling a configuration on the server tells.
struct Profiled {
    Ledger plain;         ///< what playing it costs, see World::plain()
    double accuracy = 0;  ///< against the server's own output for the reference
};

/// The server: it runs DNNs on what it has received, one thing after the other.
class Server : public Machine<Place::server> {
  public:
    explicit Server(Ground& ground) : ground_(ground) {}

    /// The segment's output as the DNN sees what was received: every frame of the segment, a
    /// dropped one repeating the one before. Charged once per segment.
    OnServer<Output> infer(const OnServer<Received>& received, DnnId dnn);

    /// The same, the DNN being stopped at that time: it has the frames up to the first one that was
    /// not finished by then, perhaps none, and of that one what an anytime DNN says at the last
    /// exit that it reached. Charged for the time that it ran, each time.
    OnServer<Output> infer_until(const OnServer<Received>& received, DnnId dnn, SimSeconds stop);

    /// One backpropagation through the last received frame, its forward pass reused. Throws
    /// std::logic_error unless infer() went before. Charged once per segment, DNN and floor.
    OnServer<DnnGrad> gradient(const OnServer<Received>& received, DnnId dnn, double floor);

    /// Re-encodes the received reference under `configuration` (once per segment and configuration
    /// as_sent(), not when that is what was received), infers, and compares. Throws
    /// std::logic_error unless infer() of the reference went before.
    OnServer<Profiled> profile(const OnServer<Received>& reference,
                               const Configuration& configuration);

    /// What the frames of an output of infer() are worth to one another, by the task's accuracy:
    /// small sums, as a profile's.
    OnServer<Repeats> repeats(const OnServer<Output>& output);

    /// The received frames with the regions of a later pass in place of their own.
    OnServer<Received> paste(const OnServer<Received>& under, const OnServer<Received>& regions);

    /// For the driver.
    void begin();
    /// Charges what the server draws while it has nothing to do, up to that time or to when it is
    /// done with its work, if that is later.
    void end(SimSeconds captured);

  private:
    using Pass = std::pair<Recipe, DnnId>;

    /// When so many seconds of work are done at the speed of the environment.
    SimSeconds done_at(SimSeconds from, double seconds) const;
    /// Works through them; returns when they are done.
    SimSeconds work(SimSeconds from, double seconds, double watts);
    void occupy(SimSeconds from, SimSeconds to, SimSeconds busy, double watts);
    /// Charges the idle power from when it was last charged, or the last work ended, until then.
    void rest(SimSeconds until);
    void charge_forward(const WorldDnn& dnn, int frames);
    /// The last exit that a DNN reaches with one frame by that time; null when there is none.
    const WorldDnn* last_exit(const WorldDnn& dnn, SimSeconds from, SimSeconds stop) const;
    OnServer<Profiled> measure_profile(const OnServer<Output>& best,
                                       const Configuration& configuration);

    Ground& ground_;
    std::optional<SimSeconds> rests_from_;  ///< before it, all that the server draws is charged
    std::map<Pass, OnServer<Output>> outputs_;
    std::map<std::pair<Pass, double>, OnServer<DnnGrad>> gradients_;
    std::map<Configuration, OnServer<Profiled>> profiled_;
    std::set<Configuration> encoded_;  ///< as_sent(): media that the server has for profiling
};

}  // namespace oneadapt
