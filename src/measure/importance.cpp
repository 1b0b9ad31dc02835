#include "measure/importance.hpp"

namespace oneadapt {

void PredictImportance::key(Hasher& hasher, const Lab& lab) const {
    hasher.add(lab.instruments().input.identity).add(network->identity).add(kTileSize).add(frame);
}

Importance PredictImportance::measure(Lab& lab) const {
    return {network->network().run(lab.source().at(static_cast<std::size_t>(frame)))};
}

Bytes to_bytes(const Importance& importance) {
    return FieldWriter().put(importance.tiles).finish();
}

void from_bytes(std::span<const std::byte> bytes, Importance& importance) {
    FieldReader in(bytes);
    importance.tiles = in.get_map(CV_32F);
    in.finish();
}

}  // namespace oneadapt
