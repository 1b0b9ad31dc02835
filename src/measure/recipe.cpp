#include "measure/recipe.hpp"

#include <utility>

#include "knobs/knob_space.hpp"

namespace oneadapt {
namespace {

/// Names and values as they are: spelling out a value for each of a thousand regions takes longer.
void add(Hasher& hasher, const Configuration& configuration) {
    hasher.add(configuration.values().size());
    for (const auto& [knob, values] : configuration.values()) {
        hasher.add(knob).add(values.size());
        // -0 equals 0, and so must its hash.
        for (const double value : values) hasher.add(value == 0.0 ? 0.0 : value);
    }
    for (const auto& [knob, name] : configuration.names()) hasher.add(knob).add(name);
}

}  // namespace

EncodePlan::EncodePlan(const Configuration& configuration, std::optional<RegionMask> regions,
                       std::vector<int> offered)
    : how(as_sent(configuration)), only(std::move(regions)), frames(std::move(offered)) {}

void EncodePlan::add_to(Hasher& hasher) const {
    add(hasher, how);
    hasher.add(only.has_value());
    if (only) {
        hasher.add(only->size());
        for (const bool encoded : *only) hasher.add(encoded);
    }
    hasher.add(frames.size());
    for (const int frame : frames) hasher.add(frame);
}

Recipe::Recipe(const Configuration& configuration) : plan(configuration) {}

Recipe::Recipe(EncodePlan first, std::vector<EncodePlan> later)
    : plan(std::move(first)), pasted(std::move(later)) {}

void Recipe::add_to(Hasher& hasher) const {
    plan.add_to(hasher);
    hasher.add(pasted.size());
    for (const EncodePlan& later : pasted) later.add_to(hasher);
    if (enlarged) hasher.add(*enlarged);
    if (again) {
        hasher.add(std::string_view("again"));
        add(hasher, *again);
    }
}

}  // namespace oneadapt
