#pragma once

#include "schemes/scheme.hpp"

namespace oneadapt {

SchemeKind eaar();
SchemeKind eaar_oracle();

}  // namespace oneadapt
