#include "measure/infer.hpp"

#include "measure/frames.hpp"

namespace oneadapt {

static_assert(sizeof(Detection) == 5 * sizeof(float) + sizeof(std::int32_t), "no padding");

void Infer::key(Hasher& hasher, const Lab& lab) const {
    hasher.add(lab.instruments().encoder).add(dnn->identity);
    recipe.add_to(hasher);
}

Output Infer::measure(Lab& lab) const {
    const auto pictures = lab.received(recipe);
    return {for_each_frame(dnn->model().infer(*pictures, dnn->exit), lab.kept(recipe),
                           lab.segment().frames)};
}

Bytes to_bytes(const Output& output) {
    FieldWriter out;
    put_frames(out, output.frames, [&out](const FrameOutput& frame) {
        out.put_count(frame.detections.size());
        out.put_all(frame.detections);
        out.put_count(frame.words.size());
        for (const std::string& word : frame.words) out.put(word);
        out.put(frame.classes);
    });
    return out.finish();
}

void from_bytes(std::span<const std::byte> bytes, Output& output) {
    FieldReader in(bytes);
    get_frames(in, output.frames, [&in](FrameOutput& frame) {
        frame.detections.resize(in.get_count(sizeof(Detection)));
        in.get_all(frame.detections);
        frame.words.resize(in.get_count(sizeof(std::uint32_t)));
        for (std::string& word : frame.words) word = in.get_text();
        frame.classes = in.get_map(CV_8U);
    });
    in.finish();
}

}  // namespace oneadapt
