#pragma once

#include <cstdint>
#include <random>
#include <vector>

#include "trace/trace.hpp"

namespace oneadapt::test {

/// The n-th key and value of a made-up trace.
inline Hash128 nth_key(int n) {
    return Hasher().add(n).finish();
}

inline std::vector<std::byte> nth_value(int n, std::size_t size = 400) {
    // Noise, which does not pack.
    std::mt19937 random(static_cast<unsigned>(n));
    std::vector<std::byte> value(size);
    for (std::byte& byte : value) byte = static_cast<std::byte>(random());
    return value;
}

inline void store_nth(Trace& trace, int n) {
    trace.store("output", nth_key(n), nth_value(n));
}

inline bool has_nth(const Trace& trace, int n) {
    return trace.find("output", nth_key(n)) == nth_value(n);
}

}  // namespace oneadapt::test
