#pragma once

#include "schemes/scheme.hpp"

namespace oneadapt {

/// Chameleon (SIGCOMM'18): coordinate profiling at the head of each window, then a top-k list that
/// is profiled again on the first second of each later group of segments. Variant `oneadapt-paper`:
/// the coordinate descent with a full period of delay that OneAdapt's authors compare with.
SchemeKind chameleon();

}  // namespace oneadapt
