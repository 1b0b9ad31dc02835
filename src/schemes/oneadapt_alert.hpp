#pragma once

#include "schemes/scheme.hpp"

namespace oneadapt {

/// OneAdapt's bounded update of what the camera sends together with ALERT's choice of what the
/// server runs and at which cap, against one deadline from capture to delivery. This project's.
SchemeKind oneadapt_alert();

}  // namespace oneadapt
