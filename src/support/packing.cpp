#include "support/packing.hpp"

#include <zstd.h>

#include <memory>
#include <stdexcept>
#include <string>

namespace oneadapt {
namespace {

/// SQLite's limit for what a row holds, and far more than any class map.
constexpr unsigned long long kLargest = 1'000'000'000;

/// A context costs more to make than a small value to pack, so each thread keeps its own.
ZSTD_CCtx& packer() {
    thread_local const std::unique_ptr<ZSTD_CCtx, decltype(&ZSTD_freeCCtx)> context(
        ZSTD_createCCtx(), ZSTD_freeCCtx);
    if (!context) throw std::bad_alloc();
    return *context;
}

ZSTD_DCtx& unpacker() {
    thread_local const std::unique_ptr<ZSTD_DCtx, decltype(&ZSTD_freeDCtx)> context(
        ZSTD_createDCtx(), ZSTD_freeDCtx);
    if (!context) throw std::bad_alloc();
    return *context;
}

}  // namespace

Bytes pack(std::span<const std::byte> bytes) {
    Bytes packed(ZSTD_compressBound(bytes.size()));
    const std::size_t size = ZSTD_compressCCtx(&packer(), packed.data(), packed.size(),
                                               bytes.data(), bytes.size(), ZSTD_CLEVEL_DEFAULT);
    if (ZSTD_isError(size) != 0) throw std::runtime_error(ZSTD_getErrorName(size));
    packed.resize(size);
    return packed;
}

Bytes unpack(std::span<const std::byte> packed) {
    const unsigned long long size = ZSTD_getFrameContentSize(packed.data(), packed.size());
    // The two codes for an unknown size are larger than any size.
    if (size > kLargest) throw std::invalid_argument("it is not packed");
    Bytes bytes(static_cast<std::size_t>(size));
    const std::size_t got =
        ZSTD_decompressDCtx(&unpacker(), bytes.data(), bytes.size(), packed.data(), packed.size());
    if (ZSTD_isError(got) != 0 || got != bytes.size()) {
        throw std::invalid_argument("it does not unpack");
    }
    return bytes;
}

}  // namespace oneadapt
