#pragma once

#include <vector>

#include "media/clip.hpp"

namespace oneadapt {

/// Renders the recordings of clips with a scene that are missing or older than it. Throws
/// InputError for a bad scene, and OutputError when a rendering cannot be written.
void draw_missing_clips(const std::vector<ClipSpec>& clips, bool quiet);

}  // namespace oneadapt
