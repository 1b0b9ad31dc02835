#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "vec.hpp"

namespace oneadapt::render {

/// A tileable square grey picture with values around 0.5 and all its halved sizes, so that a
/// surface far away does not flicker.
class Texture {
  public:
    static constexpr int side = 256;

    /// Takes side x side values in 0 to 1, row by row.
    explicit Texture(const std::vector<float>& values);

    /// The value at (u, v), which repeat with period 1; `footprint` is the size of a pixel in the
    /// same unit. The result lies in 0 to 1.
    [[nodiscard]] float at(float u, float v, float footprint) const;

  private:
    struct Level {
        int side = 0;
        std::vector<std::uint8_t> values;
    };
    std::vector<Level> levels_;
};

/// The patterns that all surfaces are made from; the same in every scene.
struct Textures {
    Texture grain;   ///< fine speckle: asphalt, plaster
    Texture blotch;  ///< soft patches over many scales
    Texture brick;   ///< courses of bricks, 16 high and 8 wide
    Texture tiles;   ///< paving stones, 8 x 8
    Texture leaves;  ///< strong contrast clumps
    Texture cracks;  ///< thin dark lines on mid grey

    static const Textures& get();
};

}  // namespace oneadapt::render
