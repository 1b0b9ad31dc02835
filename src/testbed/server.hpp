#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <tuple>
#include <utility>
#include <vector>

#include "dnn/output.hpp"
#include "measure/differentiate.hpp"
#include "measure/propose.hpp"
#include "measure/repeats.hpp"
#include "measure/tile_map.hpp"
#include "testbed/at.hpp"
#include "testbed/ground.hpp"
#include "testbed/link.hpp"

namespace oneadapt {

/// What profiling a configuration on the server tells.
struct Profiled {
    Ledger plain;         ///< what playing it costs, see World::plain()
    double accuracy = 0;  ///< against the server's own output for the reference
};

/// What the server made of what it has by encoding it once more.
struct Transcoding {
    Received received;
    /// |encoded once more - as it was received|, see Encoding.
    TileMap difference;
};

/// What the server's clock says of its last forward pass.
struct ForwardPass {
    SimSeconds from;
    /// The DNN whose result there is, of how many frames, and when the last of them was finished;
    /// without one, the pass was stopped before.
    std::optional<DnnId> finished;
    int frames = 0;
    SimSeconds done;
    SimSeconds stopped;  ///< when the server stopped, not before `done`
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
    /// exit that it reached. Charged for the time that it ran and what it computed in it, each
    /// time.
    OnServer<Output> infer_until(const OnServer<Received>& received, DnnId dnn, SimSeconds stop);

    /// What the DNN says of one received frame alone, the `place`-th of Received::kept, as an
    /// output of one frame; stopped at that time, it is the last exit that was finished, or no
    /// frame. Charged for the time that it ran and what it computed in it, each time.
    OnServer<Output> infer_frame(const OnServer<Received>& received, DnnId dnn, std::size_t place,
                                 SimSeconds stop);

    /// Works something out itself, of that many GFLOP. Charged each time.
    void think(double gflop);

    /// Of the last forward pass that was charged.
    const ForwardPass& last_pass() const { return pass_; }
    /// The mean power that the server has drawn since it was last busy; nothing where no time has
    /// passed.
    std::optional<double> idle_watts() const;

    /// What the DNN was unsure of when it looked at what was received, boxes from a score above
    /// `floor` on: it comes with its output, at no further charge. Throws std::logic_error unless
    /// infer() went before.
    OnServer<Proposals> propose(const OnServer<Received>& received, DnnId dnn, double floor);

    /// One backpropagation through the last received frame, its forward pass reused. Throws
    /// std::logic_error unless infer(), or infer_frame() of that frame, went before. Charged once
    /// per segment, DNN and floor.
    OnServer<DnnGrad> gradient(const OnServer<Received>& received, DnnId dnn, double floor);

    /// Re-encodes the received reference under `configuration` (once per segment and configuration
    /// as_sent(), not when that is what was received), infers, and compares. Throws
    /// std::logic_error unless infer() of the reference went before.
    OnServer<Profiled> profile(const OnServer<Received>& reference,
                               const Configuration& configuration);

    /// What was received, encoded once more as a configuration says and decoded again: what the
    /// camera could have sent, as far as the server can tell. Charged once per segment, what was
    /// received, and configuration as_sent(). Throws std::logic_error for frames of several passes,
    /// or that the server made itself.
    OnServer<Transcoding> transcode(const OnServer<Received>& received,
                                    const Configuration& configuration);

    /// Mean accuracy of an output of infer() against another one: small sums.
    OnServer<double> agreement(const OnServer<Output>& output, const OnServer<Output>& right);

    /// Whether nothing that counts is said in an output of infer(), see says_nothing(): small sums.
    OnServer<bool> silent(const OnServer<Output>& output);

    /// What the frames of an output of infer() are worth to one another, by the task's accuracy:
    /// small sums, as a profile's.
    OnServer<Repeats> repeats(const OnServer<Output>& output);

    /// The received frames with the regions of a later pass in place of their own. Throws
    /// std::logic_error for frames that enlarge() made.
    OnServer<Received> paste(const OnServer<Received>& under, const OnServer<Received>& regions);

    /// What the server's network (AuxiliaryUse::picture) makes of the received frames. Charged once
    /// per segment and what was received.
    OnServer<Received> enlarge(const OnServer<Received>& received);

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
    /// What it draws while it has nothing to do, in joules.
    double idle_energy(SimSeconds from, SimSeconds until) const;
    void charge_forward(const WorldDnn& dnn, int frames);
    /// The exits of an anytime DNN, or the DNN itself.
    std::vector<const WorldDnn*> exits(const WorldDnn& dnn) const;
    /// GFLOP of one frame that the DNN began at `from` and was stopped in at `to`: those of the
    /// last exit it reached and of what comes after that, as its energy is, by the share of time.
    double stopped_gflop(const WorldDnn& dnn, SimSeconds from, SimSeconds to) const;
    /// The last exit that a DNN reaches with one frame by that time; null when there is none.
    const WorldDnn* last_exit(const WorldDnn& dnn, SimSeconds from, SimSeconds stop) const;
    OnServer<Profiled> measure_profile(const OnServer<Output>& best,
                                       const Configuration& configuration);

    Ground& ground_;
    std::optional<SimSeconds> rests_from_;  ///< before it, all that the server draws is charged
    SimSeconds busy_until_;                 ///< the end of its last work
    std::optional<double> busy_watts_;      ///< of its last work
    ForwardPass pass_;
    std::map<Pass, OnServer<Output>> outputs_;
    std::map<Pass, SimSeconds> forward_;  ///< when the last received frame's was done
    std::map<std::pair<Pass, double>, OnServer<DnnGrad>> gradients_;
    std::map<Configuration, OnServer<Profiled>> profiled_;
    std::map<Recipe, OnServer<Received>> enlarged_;
    std::map<Recipe, OnServer<Transcoding>> transcoded_;
    std::set<Configuration> encoded_;  ///< as_sent(): media that the server has for profiling
};

}  // namespace oneadapt
