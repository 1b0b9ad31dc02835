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

std::vector<double> Encode::outline(const Encoding& encoding) {
    const cv::Size size = encoding.difference.size();
    std::vector<double> told{static_cast<double>(encoding.bytes),
                             static_cast<double>(encoding.encoded_units),
                             static_cast<double>(size.width), static_cast<double>(size.height)};
    told.insert(told.end(), encoding.kept.begin(), encoding.kept.end());
    return told;
}

Encoding Encode::sketch(std::span<const double> told, const Later<Encoding>& rest) {
    Encoding encoding{.bytes = static_cast<std::int64_t>(told[0]),
                      .encoded_units = static_cast<std::int64_t>(told[1]),
                      .kept = {},
                      .difference = {{static_cast<int>(told[2]), static_cast<int>(told[3])},
                                     tiles_of(rest, &Encoding::difference)}};
    for (const double frame : told.subspan(4)) encoding.kept.push_back(static_cast<int>(frame));
    return encoding;
}

void Encode::sign(Encoding& encoding, const Hash128& name, const std::shared_ptr<Digest>& digest) {
    encoding.difference.sign(name, digest);
}

Bytes to_bytes(const Encoding& encoding) {
    FieldWriter out;
    out.put(encoding.bytes).put(encoding.encoded_units);
    out.put_count(encoding.kept.size()).put_all(encoding.kept);
    return out.put(encoding.difference.tiles()).finish();
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
