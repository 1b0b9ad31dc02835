#include "testbed/world.hpp"

#include <algorithm>

#include "measure/gflop.hpp"

namespace oneadapt {

DnnId World::dnn(const Configuration& configuration) const {
    const double value = configuration.get(kModelKnob, dnns.front().knob_value);
    const auto found = std::ranges::find(dnns, value, &WorldDnn::knob_value);
    return static_cast<DnnId>(found - dnns.begin());
}

Infer World::infer(const Configuration& configuration) const {
    return {Recipe(EncodePlan(as_sent(configuration))), dnns.at(dnn(configuration)).dnn};
}

Ledger World::plain(const Configuration& configuration, const Encoding& encoding) const {
    const WorldDnn& with = dnns.at(dnn(configuration));
    const auto frames = static_cast<int>(encoding.kept.size());
    Ledger ledger;
    ledger.uplink_bytes = encoding.bytes;
    ledger.camera_encodes = frames;
    ledger.forward_frames = frames;
    ledger.gflop = with.gflop * frames;
    ledger.busy_camera = encode_time(encoding.megapixels());
    ledger.busy_server = SimSeconds{with.seconds * frames};
    ledger.energy_j =
        device.camera_watts * ledger.busy_camera.value + with.watts * ledger.busy_server.value;
    return ledger;
}

std::vector<WorldDnn> world_dnns(const Instruments& instruments, const DeviceProfile& device,
                                 cv::Size size, Trace& trace) {
    std::vector<WorldDnn> dnns;
    for (auto place = instruments.dnns.rbegin(); place != instruments.dnns.rend(); ++place) {
        const auto& [value, dnn] = *place;
        const double gflop = forward_gflop(dnn, size, trace);
        const DnnCost cost = device.cost(dnn.name, size, gflop);
        dnns.push_back({.knob_value = value,
                        .dnn = &dnn,
                        .gflop = gflop,
                        .seconds = cost.seconds,
                        .watts = cost.watts});
    }
    return dnns;
}

}  // namespace oneadapt
