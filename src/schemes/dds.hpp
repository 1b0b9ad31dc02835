#pragma once

#include "schemes/scheme.hpp"

namespace oneadapt {

/// DDS: two passes, the second of what the server was unsure of in the first.
SchemeKind dds();

}  // namespace oneadapt
