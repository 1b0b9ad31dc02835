#include "measure/infer.hpp"

#include <limits>
#include <stdexcept>

namespace oneadapt {
namespace {

/// In place of a number of detections: the frame says what the one before it said. Frames that a
/// configuration drops repeat the last one, so most of a low frame rate's output is this word.
constexpr std::uint32_t kRepeat = std::numeric_limits<std::uint32_t>::max();

static_assert(sizeof(Detection) == 5 * sizeof(float) + sizeof(std::int32_t), "no padding");

Output expand(const std::vector<FrameOutput>& seen, const std::vector<int>& kept, int frames) {
    if (seen.size() != kept.size()) {
        throw std::logic_error("the DNN spoke of another number of frames than it was shown");
    }
    Output output;
    std::size_t next = 0;
    for (int frame = 0; frame < frames; ++frame) {
        if (next < kept.size() && kept[next] == frame) ++next;
        output.frames.push_back(next == 0 ? FrameOutput{} : seen[next - 1]);
    }
    return output;
}

}  // namespace

void Infer::key(Hasher& hasher, const Lab& lab) const {
    hasher.add(lab.instruments().encoder).add(dnn->identity);
    recipe.add_to(hasher);
}

Output Infer::measure(Lab& lab) const {
    const auto pictures = lab.received(recipe);
    return expand(dnn->model().infer(*pictures, dnn->exit), lab.kept(recipe), lab.segment().frames);
}

Bytes to_bytes(const Output& output) {
    FieldWriter out;
    out.put_count(output.frames.size());
    for (std::size_t i = 0; i < output.frames.size(); ++i) {
        const FrameOutput& frame = output.frames[i];
        if (i > 0 && frame == output.frames[i - 1]) {
            out.put(kRepeat);
            continue;
        }
        out.put_count(frame.detections.size());
        out.put_all(frame.detections);
        out.put_count(frame.words.size());
        for (const std::string& word : frame.words) out.put(word);
        out.put(frame.classes);
    }
    return out.finish();
}

void from_bytes(std::span<const std::byte> bytes, Output& output) {
    FieldReader in(bytes);
    output.frames.resize(in.get_count(sizeof(std::uint32_t)));
    for (std::size_t i = 0; i < output.frames.size(); ++i) {
        FrameOutput& frame = output.frames[i];
        if (in.next_is(kRepeat)) {
            if (i == 0) throw std::invalid_argument("its first frame repeats nothing");
            frame = output.frames[i - 1];
            continue;
        }
        frame.detections.resize(in.get_count(sizeof(Detection)));
        in.get_all(frame.detections);
        frame.words.resize(in.get_count(sizeof(std::uint32_t)));
        for (std::string& word : frame.words) word = in.get_text();
        frame.classes = in.get_map(CV_8U);
    }
    in.finish();
}

}  // namespace oneadapt
