#pragma once

#include "run/plan.hpp"

namespace oneadapt {

/// open_session(), after which every clip is there: those with a scene whose recording is missing
/// are rendered (not when replaying offline). Throws what open_session() and draw_missing_clips()
/// throw.
Session open_drawn_session(const RunSpec& spec, const Execution& execution);

}  // namespace oneadapt
