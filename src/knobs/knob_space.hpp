#pragma once

#include <cstddef>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "knobs/configuration.hpp"

namespace oneadapt {

/// A row of the knob table: what there is to adapt.
struct KnobKind {
    std::string name;
    std::string summary;
    std::vector<double> values;  ///< default values, most expensive first
    double lowest;               ///< smallest value that `--values` may ask for
    double highest;              ///< largest
    bool whole = false;          ///< only whole numbers make sense
    bool descending = false;     ///< a larger value is more expensive
    /// The knob that it sets for each region of a frame on its own, and so cannot go with; empty
    /// for a knob with one value for all.
    std::string regional_form_of = {};
    bool filters = false;  ///< drops frames by what they show; a step of it may drop none
    /// How its values are spelled, one name for each; empty where they are spelled as numbers.
    std::vector<std::string> names = {};

    bool regional() const { return !regional_form_of.empty(); }
    /// The spelling of a value in configurations, CSVs and `list`.
    std::string spelling(double value) const;
    /// The spellings of several values, most expensive first where they are.
    std::vector<std::string> spellings(const std::vector<double>& of) const;
};

/// The knob that chooses among sizes of the DNN. The camera's work does not depend on it.
inline constexpr std::string_view kModelKnob = "model";

/// Every knob there is, in the order of `oneadapt-sim list`.
std::span<const KnobKind> knob_table();

/// The row of that name; throws UsageError with the list of valid ones.
const KnobKind& find_knob(std::string_view name);

/// Throws UsageError when a regional knob and the one that it is a form of are both named.
void check_together(const std::vector<std::string>& names);

/// Whether values of that knob are spelled by names.
bool has_names(std::string_view knob);

/// A value of a knob as KnobKind::spelling() has it; as a number where the table lacks the knob.
std::string value_text(std::string_view knob, double value);

/// The inverse of value_text(). Throws UsageError naming `what`: a text that is no number, or none
/// of the knob's names.
double parse_value(std::string_view knob, std::string_view text, const std::string& what);

/// What of a configuration the camera's encode depends on: all but the size of the DNN.
Configuration as_sent(const Configuration& configuration);

/// A knob in use: an ordered list of values, most expensive first.
struct Knob {
    std::string name;
    std::vector<double> values;

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
    /// for unknown or repeated names, values outside the knob's range, and wrongly ordered values.
    static KnobSpace from_names(const std::vector<std::string>& names,
                                const std::map<std::string, std::vector<double>>& overrides);

    const std::vector<Knob>& knobs() const { return knobs_; }
    std::size_t dimensions() const { return knobs_.size(); }

    Configuration at(const Indices& indices) const;
    /// The inverse of at(); throws UsageError when the configuration is not of this grid.
    Indices indices(const Configuration& configuration) const;

    /// Every knob at its most expensive value.
    Configuration reference() const { return at(Indices(knobs_.size(), 0)); }

    /// Every configuration, the reference first, the last knob varying fastest.
    std::vector<Configuration> grid() const;
    std::size_t grid_size() const;

    /// Distance between neighbouring positions of knob `knob`: 1/(n-1), or 1 for a single value.
    double step(std::size_t knob) const;

  private:
    std::vector<Knob> knobs_;
};

}  // namespace oneadapt
