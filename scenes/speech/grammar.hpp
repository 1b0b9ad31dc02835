#pragma once

#include <string>

#include "render/random.hpp"

namespace oneadapt::speech {

using render::Random;

/// That many random digits as words, such as "three one four".
std::string digit_string(Random& random, int count);

/// A random command such as "open the door".
std::string command(Random& random);

}  // namespace oneadapt::speech
