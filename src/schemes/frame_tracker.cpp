#include "schemes/frame_tracker.hpp"

#include <algorithm>
#include <iterator>

namespace oneadapt {

const Followed& FrameTracker::follow(Testbed& testbed, int from, int to) {
    Camera& camera = testbed.camera();
    const auto sought = camera.compute(Follow{boxes_, from, to}, to);
    const Followed& followed = camera.read(sought);
    boxes_ = followed.boxes;
    return followed;
}

OnCamera<Output> FrameTracker::result(Testbed& testbed) const {
    Output output{.frames = {FrameOutput{.detections = boxes_}}, .threshold = threshold_};
    return testbed.camera().make(std::move(output));
}

OnCamera<Output> send_boxes(Testbed& testbed, const OnServer<Output>& output, int frame,
                            double threshold) {
    Server& server = testbed.server();
    const Output& said = server.read(output);
    Output boxes{.frames = {{}}, .threshold = said.threshold};
    std::ranges::copy_if(
        said.frames.at(static_cast<std::size_t>(frame)).detections,
        std::back_inserter(boxes.frames.front().detections),
        [&](const Detection& box) { return static_cast<double>(box.score) > threshold; });
    const auto bytes =
        static_cast<std::int64_t>(sizeof(Detection)) * std::ssize(boxes.frames.front().detections);
    return testbed.link().down(server.make(std::move(boxes)), bytes);
}

}  // namespace oneadapt
