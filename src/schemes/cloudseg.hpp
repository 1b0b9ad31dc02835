#pragma once

#include "schemes/scheme.hpp"

namespace oneadapt {

/// CloudSeg: low resolution up, super-resolution on the server.
SchemeKind cloudseg();

}  // namespace oneadapt
