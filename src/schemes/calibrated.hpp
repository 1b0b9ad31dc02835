#pragma once

#include "schemes/scheme.hpp"

namespace oneadapt {

SchemeKind calibrated();

}  // namespace oneadapt
