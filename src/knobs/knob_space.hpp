#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "knobs/configuration.hpp"

namespace oneadapt {

/// The machine whose work a knob changes.
enum class ActsOn {
    camera,  ///< what is encoded and sent
    server,  ///< which DNN analyses what arrives; its values are the DNNs' names in the run
    device,  ///< at which power cap the server's device runs it
};

/// For `list` and messages: "camera", "server", "server's device".
std::string_view machine_name(ActsOn machine);

/// Whether a knob sends fewer frames.
enum class Drops {
    none,
    by_rate,     ///< one in so many
    by_content,  ///< by what they show; a step of the knob may drop none
};

/// A row of the knob table: what there is to adapt.
struct KnobKind {
    std::string name;
    std::string summary;
    std::vector<KnobValue> values;  ///< default values, most expensive first
    ActsOn acts_on = ActsOn::camera;
    double lowest = 0;        ///< smallest number that `--values` may ask for
    double highest = 0;       ///< largest
    bool whole = false;       ///< only whole numbers make sense
    bool descending = false;  ///< a larger value is more expensive
    /// The knob that it sets for each region of a frame on its own, and so cannot go with; empty
    /// for a knob with one value for all.
    std::string regional_form_of = {};
    Drops drops = Drops::none;

    bool regional() const { return !regional_form_of.empty(); }
    bool named() const { return acts_on == ActsOn::server; }
};

/// Every knob there is, in the order of `oneadapt-sim list`.
std::span<const KnobKind> knob_table();

/// The row of that name; throws UsageError with the list of valid ones.
const KnobKind& find_knob(std::string_view name);

/// Throws UsageError when a regional knob and the one that it is a form of are both named.
void check_together(const std::vector<std::string>& names);

/// Whether values of that knob are spelled by names.
bool has_names(std::string_view knob);

/// The inverse of KnobValue::text() for a value of that knob. Throws UsageError naming `what`: a
/// text that is no number, or for a knob that has names, no name (letters, digits, `_`, `.`, `-`,
/// `@`).
KnobValue parse_value(std::string_view knob, std::string_view text, const std::string& what);

/// Several values as they are spelled.
std::vector<std::string> texts(const std::vector<KnobValue>& values);

/// What of a configuration the camera's encode depends on.
Configuration as_sent(const Configuration& configuration);

/// The name of the DNN that a configuration chooses, where it chooses one.
std::optional<std::string> chosen_dnn(const Configuration& configuration);

/// The power cap in watts that a configuration chooses; 0 where it chooses none.
double chosen_cap(const Configuration& configuration);

/// The first of the named knobs that acts on that machine; null when none does. Throws UsageError
/// for an unknown name.
const KnobKind* knob_of(const std::vector<std::string>& names, ActsOn machine);

/// A knob in use: an ordered list of values, most expensive first.
struct Knob {
    std::string name;
    std::vector<KnobValue> values;

    std::size_t size() const { return values.size(); }
};

/// For each knob of a KnobSpace, the index of its value; 0 is the most expensive.
using Indices = std::vector<std::size_t>;

/// The knobs of a run and the grid they span.
///
/// **Position** x of a knob lies in [0,1], 1 is the most expensive value; index j of n values sits
/// at position 1 - j/(n-1).
class KnobSpace {
  public:
    explicit KnobSpace(std::vector<Knob> knobs);

    /// The knobs named `names`, with the table's values or those of `overrides`. Throws UsageError
    /// for unknown or repeated names, values outside the knob's range, and wrongly ordered or
    /// repeated values.
    static KnobSpace from_names(const std::vector<std::string>& names,
                                const std::map<std::string, std::vector<KnobValue>>& overrides);

    const std::vector<Knob>& knobs() const { return knobs_; }
    std::size_t dimensions() const { return knobs_.size(); }

    Configuration at(const Indices& indices) const;
    /// The inverse of at(); throws UsageError when the configuration is not of this grid.
    Indices indices(const Configuration& configuration) const;

    /// Every knob at its most expensive value.
    const Configuration& reference() const { return reference_; }

    /// Every configuration, the reference first, the last knob varying fastest.
    std::vector<Configuration> grid() const;
    std::size_t grid_size() const;

    /// Distance between neighbouring positions of knob `knob`: 1/(n-1), or 1 for a single value.
    double step(std::size_t knob) const;

  private:
    Configuration made_at(const Indices& indices) const;
    std::vector<Configuration> made_grid() const;

    std::vector<Knob> knobs_;
    Configuration reference_;
    std::vector<Configuration> grid_;  ///< empty where it is too large to keep
};

}  // namespace oneadapt
