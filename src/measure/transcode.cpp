#include "measure/transcode.hpp"

#include "measure/difference.hpp"
#include "measure/frames.hpp"

namespace oneadapt {

void Transcode::key(Hasher& hasher, const Lab& lab) const {
    const Instruments& instruments = lab.instruments();
    hasher.add(instruments.encoder).add(instruments.input.identity).add(kTileSize);
    recipe.add_to(hasher);
}

Encoding Transcode::measure(Lab& lab) const {
    Recipe before = recipe;
    before.again.reset();
    const auto had = for_each_frame(*lab.received(before), lab.kept(before), lab.segment().frames);
    const auto encoded = lab.encoded_again(recipe);
    return {.bytes = encoded->bytes,
            .encoded_units = encoded->encoded_units,
            .kept = encoded->kept,
            .difference = difference_map(had, *lab.received(recipe), encoded->kept)};
}

}  // namespace oneadapt
