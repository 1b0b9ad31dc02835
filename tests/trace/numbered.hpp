#pragma once

#include "support/noise.hpp"
#include "trace/trace.hpp"

namespace oneadapt::test {

/// The n-th key of a made-up trace.
inline Hash128 nth_key(int n) {
    return Hasher().add(n).finish();
}

inline void store_nth(Trace& trace, int n) {
    trace.store("output", nth_key(n), nth_value(n));
}

inline bool has_nth(const Trace& trace, int n) {
    return trace.find("output", nth_key(n)) == nth_value(n);
}

}  // namespace oneadapt::test
