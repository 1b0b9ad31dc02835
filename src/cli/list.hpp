#pragma once

#include <string>

namespace oneadapt {

/// The tables of tasks, knobs, codecs, media kinds, schemes (what their papers claim, what they
/// need and play, their parameters) and forms of results, as text; of that name alone where one is
/// given. Throws UsageError with the list of names.
std::string list_text(const std::string& table = {});

}  // namespace oneadapt
