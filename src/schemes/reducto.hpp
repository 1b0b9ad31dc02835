#pragma once

#include "schemes/scheme.hpp"

namespace oneadapt {

SchemeKind reducto();

}  // namespace oneadapt
