#include "measure/encode.hpp"

#include "measure/difference.hpp"

namespace oneadapt {

void Encode::key(Hasher& hasher, const Lab& lab) const {
    const Instruments& instruments = lab.instruments();
    hasher.add(instruments.encoder).add(instruments.input.identity).add(kTileSize);
    plan.add_to(hasher);
}

Encoding Encode::measure(Lab& lab) const {
    const auto encoded = lab.encoded(plan);
    const auto pictures = lab.received(plan);
    return {encoded->bytes, encoded->kept, difference_map(lab.source(), *pictures, encoded->kept)};
}

Bytes to_bytes(const Encoding& encoding) {
    FieldWriter out;
    out.put(encoding.bytes).put_count(encoding.kept.size());
    for (const int frame : encoding.kept) out.put(std::int32_t{frame});
    return out.put(encoding.difference).finish();
}

void from_bytes(std::span<const std::byte> bytes, Encoding& encoding) {
    FieldReader in(bytes);
    encoding.bytes = in.get<std::int64_t>();
    encoding.kept.resize(in.get_count(sizeof(std::int32_t)));
    for (int& frame : encoding.kept) frame = in.get<std::int32_t>();
    encoding.difference = in.get_map(CV_32F);
    in.finish();
}

}  // namespace oneadapt
