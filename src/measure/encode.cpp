#include "measure/encode.hpp"

#include "measure/difference.hpp"
#include "measure/passes.hpp"

namespace oneadapt {

void Encode::key(Hasher& hasher, const Lab& lab) const {
    const Instruments& instruments = lab.instruments();
    hasher.add(instruments.encoder).add(instruments.input.identity).add(kTileSize);
    plan.add_to(hasher);
}

Encoding Encode::measure(Lab& lab) const {
    const auto encoded = lab.encoded(plan);
    const auto pictures = lab.received(plan);
    Encoding encoding{.bytes = encoded->bytes,
                      .encoded_units = encoded->encoded_units,
                      .kept = encoded->kept,
                      .difference = {}};
    if (plan.whole()) {
        encoding.difference = difference_map(lab.source(), *pictures, encoded->kept);
        return encoding;
    }
    const InputSpace& input = lab.instruments().input;
    const Segment part = offered(lab.media(), plan, input);
    encoding.difference =
        difference_map(pictures_of(part.frames, input), *pictures, places(encoded->kept, plan));
    return encoding;
}

Bytes to_bytes(const Encoding& encoding) {
    FieldWriter out;
    out.put(encoding.bytes).put(encoding.encoded_units);
    out.put_count(encoding.kept.size()).put_all(encoding.kept);
    return out.put(encoding.difference).finish();
}

void from_bytes(std::span<const std::byte> bytes, Encoding& encoding) {
    FieldReader in(bytes);
    encoding.bytes = in.get<std::int64_t>();
    encoding.encoded_units = in.get<std::int64_t>();
    encoding.kept.resize(in.get_count(sizeof(int)));
    in.get_all(encoding.kept);
    encoding.difference = in.get_map(CV_32F);
    in.finish();
}

}  // namespace oneadapt
