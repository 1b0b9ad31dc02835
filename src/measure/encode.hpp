#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include <opencv2/core.hpp>

#include "measure/lab.hpp"
#include "measure/tile_map.hpp"

namespace oneadapt {

/// What encoding a segment tells, the decoded pictures boiled down.
struct Encoding {
    std::int64_t bytes = 0;
    std::int64_t encoded_units = 0;  ///< Encoded::encoded_units
    std::vector<int> kept;           ///< frame numbers of the segment
    /// |decoded - source| in the DNN's input space, mean per tile, see difference_map(). The source
    /// is what was offered to the encoder.
    TileMap difference;

    /// Million pixels, samples or points that went through the encoder.
    double megapixels() const { return 1e-6 * static_cast<double>(encoded_units); }
};

using EncodingPtr = std::shared_ptr<const Encoding>;

/// What it costs to encode a segment, and what that changes.
struct Encode {
    using Value = Encoding;
    static constexpr const char* kName = "encoding";

    EncodePlan plan;

    void key(Hasher& hasher, const Lab& lab) const;
    Encoding measure(Lab& lab) const;

    /// All but the map's tiles.
    static std::vector<double> outline(const Encoding& encoding);
    static Encoding sketch(std::span<const double> told, const Later<Encoding>& rest);
    static void sign(Encoding& encoding, const Hash128& name,
                     const std::shared_ptr<Digest>& digest);
};

Bytes to_bytes(const Encoding& encoding);
void from_bytes(std::span<const std::byte> bytes, Encoding& encoding);

}  // namespace oneadapt
