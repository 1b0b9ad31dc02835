#include "measure/differentiate.hpp"

namespace oneadapt {

void Differentiate::key(Hasher& hasher, const Lab& lab) const {
    hasher.add(lab.instruments().encoder).add(dnn->identity).add(kTileSize);
    hasher.add(dnn->threshold).add(floor);
    recipe.add_to(hasher);
}

Gradient Differentiate::measure(Lab& lab) const {
    return dnn->model().gradient(lab.received(recipe)->back(), floor);
}

Bytes to_bytes(const Gradient& gradient) {
    return FieldWriter().put(gradient.utility).put(gradient.saliency).finish();
}

void from_bytes(std::span<const std::byte> bytes, Gradient& gradient) {
    FieldReader in(bytes);
    gradient.utility = in.get<double>();
    gradient.saliency = in.get_map(CV_32F);
    in.finish();
}

}  // namespace oneadapt
