#include "measure/differentiate.hpp"

namespace oneadapt {

void Differentiate::key(Hasher& hasher, const Lab& lab) const {
    hasher.add(lab.instruments().encoder).add(dnn->identity).add(kTileSize);
    hasher.add(dnn->threshold).add(floor);
    recipe.add_to(hasher);
}

DnnGrad Differentiate::measure(Lab& lab) const {
    const Gradient gradient = dnn->model().gradient(lab.received(recipe)->back(), floor, dnn->exit);
    return {gradient.utility, gradient.saliency};
}

std::vector<double> Differentiate::outline(const DnnGrad& gradient) {
    const cv::Size size = gradient.saliency.size();
    return {gradient.utility, static_cast<double>(size.width), static_cast<double>(size.height)};
}

DnnGrad Differentiate::sketch(std::span<const double> told, const Later<DnnGrad>& rest) {
    return {told[0],
            {{static_cast<int>(told[1]), static_cast<int>(told[2])},
             tiles_of(rest, &DnnGrad::saliency)}};
}

void Differentiate::sign(DnnGrad& gradient, const Hash128& name,
                         const std::shared_ptr<Digest>& digest) {
    gradient.saliency.sign(name, digest);
}

Bytes to_bytes(const DnnGrad& gradient) {
    return FieldWriter().put(gradient.utility).put(gradient.saliency.tiles()).finish();
}

void from_bytes(std::span<const std::byte> bytes, DnnGrad& gradient) {
    FieldReader in(bytes);
    gradient.utility = in.get<double>();
    gradient.saliency = in.get_map(CV_32F);
    in.finish();
}

}  // namespace oneadapt
