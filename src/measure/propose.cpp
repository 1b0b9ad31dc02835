#include "measure/propose.hpp"

#include "measure/frames.hpp"

namespace oneadapt {

void Propose::key(Hasher& hasher, const Lab& lab) const {
    hasher.add(lab.instruments().encoder).add(dnn->identity).add(kTileSize).add(floor);
    recipe.add_to(hasher);
}

Proposals Propose::measure(Lab& lab) const {
    const auto pictures = lab.received(recipe);
    return {for_each_frame(dnn->model().propose(*pictures, floor, dnn->exit), lab.kept(recipe),
                           lab.segment().frames)};
}

Bytes to_bytes(const Proposals& proposals) {
    FieldWriter out;
    put_frames(out, proposals.frames, [&out](const FrameProposals& frame) {
        out.put_count(frame.boxes.size());
        out.put_all(frame.boxes).put(frame.uncertainty);
    });
    return out.finish();
}

void from_bytes(std::span<const std::byte> bytes, Proposals& proposals) {
    FieldReader in(bytes);
    get_frames(in, proposals.frames, [&in](FrameProposals& frame) {
        frame.boxes.resize(in.get_count(sizeof(Detection)));
        in.get_all(frame.boxes);
        frame.uncertainty = in.get_map(CV_32F);
    });
    in.finish();
}

}  // namespace oneadapt
