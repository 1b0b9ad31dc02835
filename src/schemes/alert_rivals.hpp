#pragma once

#include "schemes/scheme.hpp"

namespace oneadapt {

/// What ALERT is compared with: schemes that adapt the DNN or the power cap alone, both without
/// knowing of each other, or neither.
SchemeKind app_only();
SchemeKind sys_only();
SchemeKind no_coordination();
SchemeKind race_to_idle();

}  // namespace oneadapt
