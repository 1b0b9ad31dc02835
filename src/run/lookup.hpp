#pragma once

#include <optional>
#include <string>
#include <vector>

#include <opencv2/core/types.hpp>

#include "knobs/knob_space.hpp"
#include "media/clip.hpp"
#include "run/spec.hpp"
#include "schemes/scheme.hpp"
#include "sim/replay.hpp"

/// What fields of a spec name or spell, looked up: each throws UsageError for what there is not.
namespace oneadapt {

/// The knobs in use with their values. The spec must name them.
KnobSpace knob_space(const RunSpec& spec);

/// What the run has that schemes may need.
RunFacts facts_of(const RunSpec& spec);

/// Why schemes of a default run are left out: "NAME, NAME needs ...".
std::vector<std::string> left_out(const RunSpec& spec);

/// The schemes that play, with their parameters: those named, which must fit the run and not be
/// named twice, or by default those rows marked so that fit.
std::vector<SchemeChoice> fitting_schemes(const RunSpec& spec);

/// The same; there must be no parameters of a scheme that does not play.
std::vector<SchemeChoice> choose_schemes(const RunSpec& spec);

/// The weights named, different ones of 0 or more, or the default ones.
std::vector<double> choose_weights(const RunSpec& spec);

/// The log-spaced weights of a default sweep, four decades.
std::vector<double> default_weights();

/// The size named, or nothing.
std::optional<cv::Size> analysis_size(const RunSpec& spec);

/// Frames per second: those named, the medium's, or nothing for every frame.
std::optional<double> analysis_rate(const RunSpec& spec, const MediaKind& media);

}  // namespace oneadapt
