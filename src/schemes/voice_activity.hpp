#pragma once

#include "schemes/scheme.hpp"

namespace oneadapt {

SchemeKind voice_activity();

}  // namespace oneadapt
