#pragma once

#include "dnn/model.hpp"
#include "measure/lab.hpp"
#include "measure/tile_map.hpp"

namespace oneadapt {

/// DNNGrad: |dz/dx| of a frame, mean per tile; see Gradient.
struct DnnGrad {
    double utility = 0;
    TileMap saliency;
};

/// DNNGrad of the last kept frame received.
struct Differentiate {
    using Value = DnnGrad;
    static constexpr const char* kName = "gradient";

    Recipe recipe;
    const Dnn* dnn = nullptr;
    double floor = 0;  ///< of the scores that count

    void key(Hasher& hasher, const Lab& lab) const;
    DnnGrad measure(Lab& lab) const;

    /// All but the map's tiles.
    static std::vector<double> outline(const DnnGrad& gradient);
    static DnnGrad sketch(std::span<const double> told, const Later<DnnGrad>& rest);
    static void sign(DnnGrad& gradient, const Hash128& name, const std::shared_ptr<Digest>& digest);
};

Bytes to_bytes(const DnnGrad& gradient);
void from_bytes(std::span<const std::byte> bytes, DnnGrad& gradient);

}  // namespace oneadapt
