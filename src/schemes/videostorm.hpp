#pragma once

#include "schemes/scheme.hpp"

namespace oneadapt {

SchemeKind videostorm();

}  // namespace oneadapt
