#pragma once

#include <compare>
#include <optional>
#include <vector>

#include "knobs/configuration.hpp"
#include "support/hash.hpp"

namespace oneadapt {

/// Which regions of a frame are meant, one entry for each in their order (media/regions.hpp).
using RegionMask = std::vector<bool>;

/// How a segment is encoded once.
struct EncodePlan {
    Configuration how;               ///< as_sent()
    std::optional<RegionMask> only;  ///< regions encoded, the rest of each frame blank; else all
    std::vector<int> frames;         ///< numbers of those offered, ascending; empty = all

    EncodePlan(const Configuration& configuration = {}, std::optional<RegionMask> regions = {},
               std::vector<int> offered = {});

    /// Whether all of each frame is encoded.
    bool whole() const { return !only && frames.empty(); }
    void add_to(Hasher& hasher) const;

    friend auto operator<=>(const EncodePlan&, const EncodePlan&) = default;
};

/// How what the server sees was made: pictures of a first pass, over which those of later passes
/// are pasted in order. A later pass replaces the tiles of its regions in the frames that it kept;
/// a frame that no pass before it kept starts from the one last seen. In the end a network may have
/// made more of all of them (AuxiliaryUse::picture); or the server encodes what it has of
/// a single pass once more, every frame of the segment, a dropped one as the one before it.
struct Recipe {
    EncodePlan plan;
    std::vector<EncodePlan> pasted;
    std::optional<Hash128> enlarged = {};  ///< the network's identity
    /// as_sent(): how the server encodes what it has once more
    std::optional<Configuration> again = {};

    Recipe(const Configuration& configuration = {});
    Recipe(EncodePlan first, std::vector<EncodePlan> later = {});

    void add_to(Hasher& hasher) const;

    friend auto operator<=>(const Recipe&, const Recipe&) = default;
};

}  // namespace oneadapt
