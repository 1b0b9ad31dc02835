#pragma once

#include <cstdint>
#include <cstring>
#include <vector>

#include "trace/trace.hpp"

namespace oneadapt::test {

/// The n-th key and value of a made-up trace.
inline Hash128 nth_key(int n) {
    return Hasher().add(n).finish();
}

inline std::vector<std::byte> nth_value(int n, std::size_t size = 400) {
    std::vector<std::byte> value(size);
    for (std::size_t i = 0; i < size; ++i)
        value[i] = static_cast<std::byte>((i * 7 + static_cast<std::size_t>(n)) & 255);
    return value;
}

inline void store_nth(Trace& trace, int n) {
    trace.store("output", nth_key(n), nth_value(n));
}

inline bool has_nth(const Trace& trace, int n) {
    return trace.find("output", nth_key(n)) == nth_value(n);
}

}  // namespace oneadapt::test
