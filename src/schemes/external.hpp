#pragma once

#include "schemes/scheme.hpp"

namespace oneadapt {

/// The version of docs/external.md.
inline constexpr int kExternalProtocol = 1;

/// The user's own scheme: a program in any language, which is told over its standard input what a
/// scheme may know, and answers over its standard output with what it does in the testbed. Each
/// cell has its own. docs/external.md describes the messages.
SchemeKind external();

}  // namespace oneadapt
