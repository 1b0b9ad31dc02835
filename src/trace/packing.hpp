#pragma once

#include <span>

#include "trace/fields.hpp"

namespace oneadapt {

/// Bytes as they lie in the trace: one Zstandard frame that knows its size.
Bytes pack(std::span<const std::byte> bytes);

/// The inverse of pack(). Throws std::invalid_argument for bytes that it did not make.
Bytes unpack(std::span<const std::byte> packed);

}  // namespace oneadapt
