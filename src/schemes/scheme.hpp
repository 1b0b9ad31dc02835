#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "knobs/knob_space.hpp"
#include "schemes/parameters.hpp"
#include "testbed/server_future.hpp"
#include "testbed/testbed.hpp"

namespace oneadapt {

/// What every configuration of the grid yields on every segment of a clip: the unpriced interface
/// that only yardsticks (oracles, the free profiler) get.
struct Hindsight {
    struct Point {
        double cost = 0;  ///< see Prices::cost()
        double accuracy = 0;
    };
    std::vector<Configuration> grid;         ///< the reference first
    std::vector<std::vector<Point>> points;  ///< [segment][place in grid]

    /// accuracy - weight * cost, of a configuration on a segment.
    double objective(std::size_t segment, std::size_t place, double weight) const;
    /// The place with the best objective summed over segments [begin, end); the cheaper of equals.
    std::size_t best(std::size_t begin, std::size_t end, double weight) const;
};

class Foresight;

/// An adaptation scheme. It lives in the testbed and sees nothing else.
class Scheme {
  public:
    virtual ~Scheme() = default;

    /// Called before play(), of yardsticks (Needs::hindsight) alone: what they may look at of the
    /// segment for nothing.
    virtual void foresee(Foresight& /*segment*/) {}

    /// Plays one segment: acts on the testbed, returns what it would deliver, and may keep state
    /// for the next.
    virtual Delivery play(Testbed& testbed) = 0;
};

/// A segment that was encoded, sent and analysed under one configuration.
struct Played {
    Configuration how;
    OnServer<Received> received;
    OnServer<Output> output;

    Delivery delivery() const { return Delivery::of(output, how); }
};

/// Encodes, sends and infers.
Played play_configuration(Testbed& testbed, const Configuration& configuration);

/// Base of schemes that pick one configuration per segment: decide, encode, send, infer, learn.
class ConfigurationScheme : public Scheme {
  public:
    Delivery play(Testbed& testbed) final;

  protected:
    virtual Configuration decide(Testbed& testbed) = 0;
    /// Called after the result is delivered.
    virtual void learn(Testbed& testbed, const Played& played);
};

/// What a scheme is made from.
struct SchemeSetting {
    const KnobSpace& space;
    const RegionGrid& regions;  ///< of a frame
    const Parameters& parameters;
    Goal goal;
    const Hindsight* hindsight = nullptr;  ///< for yardsticks only
    const ServerFuture* future = nullptr;  ///< likewise
    Configuration fixed = {};              ///< of the cell, see SchemeCell
    std::string clip = {};                 ///< its name; nothing to decide by
};

/// What a run has that a scheme may need.
struct RunFacts {
    bool link = false;     ///< the uplink has a rate
    bool boxes = false;    ///< the DNN says boxes
    bool places = false;   ///< the DNN says where in a frame something is
    bool regions = false;  ///< a knob has a value for each region
    bool sizes = false;    ///< the DNN comes in sizes, which a knob chooses from
    bool filters = false;  ///< a knob drops frames by what they show
    std::string media = {};
    bool caps = false;                       ///< a knob chooses the server's power cap
    bool constraints = false;                ///< it is played for constraints, not for weights
    std::vector<std::string> knobs = {};     ///< names
    std::set<std::string> auxiliaries = {};  ///< roles of the networks beside the model
};

/// Why a scheme cannot run, e.g. "needs a link (--link)", and what would let it: "give --link".
struct Refusal {
    std::string problem;
    std::string remedy;
};

/// What a scheme needs.
struct Needs {
    bool link = false;
    bool boxes = false;
    bool places = false;
    bool regions = false;
    bool sizes = false;
    bool filters = false;
    std::vector<std::string> media = {};  ///< one of these; empty = any
    std::string auxiliary = {};  ///< role of a network beside the model, see auxiliary_table()
    std::string knob = {};       ///< name of one that must be in use
    bool caps = false;
    bool constraints = false;  ///< else it needs weights
    bool any_goal = false;     ///< no, it plays for either
    bool future = false;       ///< it knows what the server's environment will be
    bool grid = false;         ///< every configuration is measured on each segment before it plays
    bool hindsight = false;    ///< and it plays after the whole clip is measured

    /// Everything that the run lacks for the scheme.
    std::vector<Refusal> refusals(const RunFacts& run) const;
    /// Why the scheme cannot run, the first of them; nothing when it can.
    std::optional<Refusal> refusal(const RunFacts& run) const;
};

/// A cell of a scheme: what it is played for, or with.
struct SchemeCell {
    Goal goal;
    Configuration fixed = {};
};

/// A cell for each goal.
std::vector<SchemeCell> cell_per_goal(const std::vector<Goal>& goals, const KnobSpace& space);
/// A cell for each configuration of the grid, at the prices of the goals and without weight.
std::vector<SchemeCell> cell_per_configuration(const std::vector<Goal>& goals,
                                               const KnobSpace& space);

/// What results measure schemes by: each but `none` is one scheme.
enum class Yardstick {
    none,
    floor,    ///< what is had without adapting
    ceiling,  ///< what is had with all that there is to know
    setting   ///< plays every choice for each deadline; a setting of constraints takes its best
};

/// A row of the scheme table.
struct SchemeKind {
    std::string name;
    std::string summary;
    std::string paper;
    std::string claim = {};  ///< what its paper says that it gains; empty: no figure known
    Needs needs = {};
    bool by_default = true;  ///< plays when no scheme is named
    bool baseline = false;   ///< the printed table shows what others save over it
    Yardstick yardstick = Yardstick::none;
    std::vector<ParameterSpec> parameters = {};
    std::vector<SchemeCell> (*cells)(const std::vector<Goal>&, const KnobSpace&) = cell_per_goal;
    std::unique_ptr<Scheme> (*create)(const SchemeSetting&) = nullptr;
    /// Turns `needs` into what it needs with these parameters, where they change that.
    Needs (*adjust)(Needs, const Parameters&) = nullptr;

    Needs needs_with(const Parameters& given) const {
        return adjust == nullptr ? needs : adjust(needs, given);
    }
};

/// Every scheme there is, in the order of `oneadapt-sim list`.
const std::vector<SchemeKind>& scheme_table();

/// The row of that name; throws UsageError with the list of valid ones.
const SchemeKind& find_scheme(const std::string& name);

/// The scheme that is this yardstick.
const SchemeKind& find_yardstick(Yardstick what);

}  // namespace oneadapt
