#pragma once

#include <vector>

#include "measure/changes.hpp"
#include "schemes/scheme.hpp"

namespace oneadapt {

/// The places in the space of the knobs that drop frames by what they show.
std::vector<std::size_t> filters_of(const KnobSpace& space);

/// The frames that OneAdapt's filter keeps: the first, then each whose change from the last kept
/// one lies, in every feature, by more than that feature's bias above the mean over all pairs of
/// the segment, in standard deviations. Where nothing varies a change lies at the mean. `changes`
/// are those of all pairs, one entry for each feature.
std::vector<int> biased_frames(const std::vector<FrameChanges>& changes,
                               const std::vector<double>& biases, int frames);

/// Reducto as OneAdapt's authors ran it, with fixed biases or ones that are profiled.
std::unique_ptr<Scheme> biased_filter(const SchemeSetting& setting, bool profiling);

/// Its parameters.
std::vector<ParameterSpec> biased_filter_parameters();

}  // namespace oneadapt
