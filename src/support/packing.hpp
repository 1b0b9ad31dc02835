#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace oneadapt {

using Bytes = std::vector<std::byte>;

/// Bytes in less room: one Zstandard frame that knows its size.
Bytes pack(std::span<const std::byte> bytes);

/// The inverse of pack(). Throws std::invalid_argument for bytes that it did not make.
Bytes unpack(std::span<const std::byte> packed);

}  // namespace oneadapt
