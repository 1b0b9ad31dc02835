#include "testbed/camera.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace oneadapt {
namespace {

std::string describe(const EncodePlan& plan) {
    std::string text = "encode " + plan.how.text();
    if (plan.only) text += fmt::format(" in {} regions", std::ranges::count(*plan.only, true));
    if (!plan.frames.empty()) text += fmt::format(" of frames {}", fmt::join(plan.frames, " "));
    return text;
}

}  // namespace

void Camera::begin() {
    footage_.clear();
    wait_until(ground_.lab->segment().start);
}

SimSeconds Camera::work(SimSeconds from, SimSeconds length) {
    const SimSeconds to = from + length;
    wait_until(to);
    ground_.ledger.busy_camera += length;
    ground_.ledger.energy_j += ground_.world.device.camera_watts * length.value;
    return to;
}

OnCamera<Footage> Camera::encode(const EncodePlan& plan) {
    OnCamera<Footage>& footage = footage_[plan];
    if (footage) return footage;
    auto encoding = ground_.lab->take(Encode{plan});
    wait_for(plan.frames.empty() ? ground_.lab->segment().frames - 1 : plan.frames.back());
    const SimSeconds from = now();
    const SimSeconds to = work(from, ground_.world.encode_time(encoding->megapixels()));
    ground_.ledger.camera_encodes += static_cast<int>(encoding->kept.size());
    ground_.enter(Actor::camera, from, to, 0, [&] { return describe(plan); });
    footage =
        at<Place::camera>(std::make_shared<const Footage>(Footage{plan, std::move(encoding)}), to);
    return footage;
}

OnCamera<Footage> Camera::encode(const Configuration& configuration) {
    return encode(EncodePlan(as_sent(configuration)));
}

OnCamera<Importance> Camera::importance(int frame) {
    const WorldAuxiliary& with = ground_.world.auxiliary(AuxiliaryUse::tiles);
    return compute(PredictImportance{with.auxiliary, frame}, frame, with.gflop);
}

Ledger Camera::demand(const Configuration& configuration) {
    return ground_.world.plain(configuration, *what(encode(configuration))->encoding);
}

}  // namespace oneadapt
