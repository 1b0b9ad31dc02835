#pragma once

#include <cstddef>
#include <random>
#include <vector>

namespace oneadapt::test {

/// Bytes that do not pack, others for each n.
inline std::vector<std::byte> nth_value(int n, std::size_t size = 400) {
    std::mt19937 random(static_cast<unsigned>(n));
    std::vector<std::byte> value(size);
    for (std::byte& byte : value) byte = static_cast<std::byte>(random());
    return value;
}

}  // namespace oneadapt::test
