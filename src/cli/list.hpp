#pragma once

#include <string>

namespace oneadapt {

/// The tables of tasks, knobs, codecs, media kinds and schemes with their parameters, as text.
std::string list_text();

}  // namespace oneadapt
