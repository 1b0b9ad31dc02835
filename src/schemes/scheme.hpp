#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "knobs/knob_space.hpp"
#include "schemes/parameters.hpp"
#include "testbed/testbed.hpp"

namespace oneadapt {

/// What every configuration of the grid yields on every segment of a clip: the unpriced interface
/// that only yardsticks (oracles, the free profiler) get.
struct Hindsight {
    struct Point {
        double cost = 0;  ///< see priced_bytes()
        double accuracy = 0;
    };
    std::vector<Configuration> grid;         ///< the reference first
    std::vector<std::vector<Point>> points;  ///< [segment][place in grid]

    /// accuracy - weight * cost / reference's cost, of a configuration on a segment.
    double objective(std::size_t segment, std::size_t place, double weight) const;
    /// The place with the best objective summed over segments [begin, end); the cheaper of equals.
    std::size_t best(std::size_t begin, std::size_t end, double weight) const;
};

/// An adaptation scheme. It lives in the testbed and sees nothing else.
class Scheme {
  public:
    virtual ~Scheme() = default;

    /// Plays one segment: acts on the testbed, returns what it would deliver, and may keep state
    /// for the next.
    virtual Delivery play(Testbed& testbed) = 0;
};

/// Base of schemes that pick one configuration per segment: decide, encode, send, infer, learn.
class ConfigurationScheme : public Scheme {
  public:
    Delivery play(Testbed& testbed) final;

  protected:
    virtual Configuration decide(Testbed& testbed) = 0;
    /// Called after the delivered result; what it does delays no result but is charged.
    virtual void learn(Testbed& testbed, const Configuration& played, const OutputPtr& output);
};

/// What a scheme is made from.
struct SchemeSetting {
    const KnobSpace& space;
    const RegionGrid& regions;  ///< of a frame
    const Parameters& parameters;
    double weight = 0;                     ///< lambda: price of relative bandwidth in accuracy
    const Hindsight* hindsight = nullptr;  ///< for yardsticks only
    Configuration fixed;                   ///< for `static` only
};

/// How a scheme is run.
enum class SchemeUse {
    adaptive,  ///< a cell per weight
    fixed,     ///< a cell per configuration of the grid
    yardstick  ///< a cell per weight, with hindsight: played after the whole clip is measured
};

/// A row of the scheme table.
struct SchemeKind {
    std::string name;
    std::string summary;
    std::string paper;
    SchemeUse use;
    std::vector<ParameterSpec> parameters;
    std::unique_ptr<Scheme> (*create)(const SchemeSetting&);
};

/// Every scheme there is, in the order of `oneadapt-sim list`.
const std::vector<SchemeKind>& scheme_table();

/// The row of that name; throws UsageError with the list of valid ones.
const SchemeKind& find_scheme(const std::string& name);

}  // namespace oneadapt
