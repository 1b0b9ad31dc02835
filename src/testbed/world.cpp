#include "testbed/world.hpp"

#include <algorithm>
#include <stdexcept>

#include <fmt/format.h>

#include "measure/gflop.hpp"
#include "support/errors.hpp"

namespace oneadapt {

DnnId World::dnn(const Configuration& configuration) const {
    const std::optional<std::string> size = chosen_dnn(configuration);
    const double cap = chosen_cap(configuration);
    if (!size && cap == 0) return 0;
    const auto found = std::ranges::find_if(dnns, [&](const WorldDnn& known) {
        return (!size || known.dnn->size == *size) && known.cap_watts == cap;
    });
    return static_cast<DnnId>(found - dnns.begin());
}

const WorldAuxiliary& World::auxiliary(AuxiliaryUse use) const {
    const auto found = std::ranges::find_if(auxiliaries, [&](const WorldAuxiliary& known) {
        return find_auxiliary(known.auxiliary->role).use == use;
    });
    if (found == auxiliaries.end()) {
        throw std::logic_error("no network of that use in this run");
    }
    return *found;
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
    ledger.server_j = with.watts * ledger.busy_server.value;
    ledger.energy_j = device.camera_watts * ledger.busy_camera.value + ledger.server_j;
    return ledger;
}

namespace {

/// See WorldDnn::exits.
std::vector<DnnId> exits_of(const WorldDnn& dnn, const std::vector<WorldDnn>& dnns) {
    std::vector<DnnId> exits;
    for (int exit = 1; exit <= dnn.dnn->exit; ++exit) {
        const auto found = std::ranges::find_if(dnns, [&](const WorldDnn& known) {
            return known.dnn->family == dnn.dnn->family && known.dnn->exit == exit &&
                   known.cap_watts == dnn.cap_watts;
        });
        if (found != dnns.end()) exits.push_back(static_cast<DnnId>(found - dnns.begin()));
    }
    return exits;
}

}  // namespace

std::vector<WorldDnn> world_dnns(const Instruments& instruments, const DeviceProfile& device,
                                 cv::Size size, Trace& trace, const std::vector<double>& caps,
                                 const Accuracies& accuracies) {
    std::vector<WorldDnn> dnns;
    const std::vector<double> each = caps.empty() ? std::vector<double>{0} : caps;
    for (const Dnn& dnn : instruments.dnns) {
        const double gflop = forward_gflop(dnn, size, trace);
        // What no value of a knob chooses is only delivered where a DNN is stopped.
        if (!dnns.empty() && !dnn.size.empty() && gflop > dnns.back().gflop) {
            throw UsageError(
                fmt::format("size '{}' of the DNN", dnn.size),
                fmt::format("takes {:.4g} GFLOP a frame, more than '{}' before it, {:.4g}", gflop,
                            dnns.back().dnn->size, dnns.back().gflop),
                "name the sizes with the most expensive first");
        }
        const auto accuracy = accuracies.find(dnn.name);
        for (const double cap : each) {
            const DnnCost cost = device.cost(dnn.family, size, gflop, dnn.exit, cap);
            dnns.push_back({.dnn = &dnn,
                            .gflop = gflop,
                            .seconds = cost.seconds,
                            .watts = cost.watts,
                            .cap_watts = cap,
                            .accuracy = accuracy == accuracies.end()
                                            ? std::nullopt
                                            : std::optional(accuracy->second)});
        }
    }
    for (WorldDnn& dnn : dnns) dnn.exits = exits_of(dnn, dnns);
    return dnns;
}

std::vector<double> caps_of(const KnobSpace& space) {
    std::vector<double> caps;
    for (const Knob& knob : space.knobs()) {
        if (find_knob(knob.name).acts_on != ActsOn::device) continue;
        for (const KnobValue& value : knob.values) caps.push_back(value.number());
    }
    return caps;
}

std::vector<WorldAuxiliary> world_auxiliaries(const Instruments& instruments,
                                              const DeviceProfile& device, cv::Size size,
                                              Trace& trace) {
    std::vector<WorldAuxiliary> all;
    for (const Auxiliary& auxiliary : instruments.auxiliaries) {
        const double gflop = forward_gflop(auxiliary, size, trace);
        const DnnCost cost = device.cost(auxiliary.name, size, gflop);
        all.push_back({&auxiliary, gflop, cost.seconds, cost.watts});
    }
    return all;
}

}  // namespace oneadapt
