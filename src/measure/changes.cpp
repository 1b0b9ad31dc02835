#include "measure/changes.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <stdexcept>

#include "codec/frame_filter.hpp"

namespace oneadapt {
namespace {

const FrameFeature& feature_of(const std::string& knob) {
    const auto found = std::ranges::find(feature_table(), knob, &FrameFeature::knob);
    if (found == feature_table().end()) throw std::logic_error("no feature of frames: " + knob);
    return *found;
}

}  // namespace

void Change::key(Hasher& hasher, const Lab& /*lab*/) const {
    hasher.add(feature).add(all_pairs);
}

FrameChanges Change::measure(Lab& lab) const {
    const FrameFeature& by = feature_of(feature);
    const Segment& segment = lab.media();
    std::vector<cv::Mat> views;
    for (const cv::Mat& frame : segment.frames) {
        views.push_back(by.view(frame.rowRange(0, segment.size.height)));
    }
    FrameChanges changes;
    std::size_t pairs = 0;
    for (std::size_t i = 0; i + 1 < views.size(); ++i) {
        auto& row = changes.from.emplace_back();
        const std::size_t end = all_pairs ? views.size() : i + 2;
        for (std::size_t j = i + 1; j < end; ++j) row.push_back(by.change(views[i], views[j]));
        pairs += row.size();
    }
    changes.gflop = 1e-9 * by.operations * segment.size.area() * static_cast<double>(pairs);
    return changes;
}

Bytes to_bytes(const FrameChanges& changes) {
    FieldWriter out;
    out.put(changes.gflop);
    out.put_count(changes.from.size());
    for (const auto& row : changes.from) out.put_count(row.size()).put_all(row);
    return out.finish();
}

void from_bytes(std::span<const std::byte> bytes, FrameChanges& changes) {
    FieldReader in(bytes);
    changes.gflop = in.get<double>();
    changes.from.resize(in.get_count(sizeof(std::uint32_t)));
    for (auto& row : changes.from) {
        row.resize(in.get_count(sizeof(double)));
        in.get_all(row);
    }
    in.finish();
}

}  // namespace oneadapt
