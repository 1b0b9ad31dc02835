#include "schemes/input_scheme.hpp"

#include <algorithm>
#include <limits>

#include <fmt/format.h>

#include "support/errors.hpp"

namespace oneadapt {

const std::vector<DnnProfile>& InputScheme::profile(const Testbed& testbed) {
    if (profile_.empty()) profile_ = testbed.profile();
    return profile_;
}

Configuration InputScheme::send(Testbed& /*testbed*/) {
    return space_.reference();
}

void InputScheme::learn(Testbed& /*testbed*/, DnnId /*chosen*/) {}

void InputScheme::finish(Testbed& /*testbed*/, const Configuration& /*sent*/,
                         const OnServer<Received>& /*received*/) {}

std::string InputScheme::label(const Testbed& testbed, Configuration sent, DnnId chosen) {
    const DnnProfile& dnn = profile(testbed).at(chosen);
    for (const Knob& knob : space_.knobs()) {
        const ActsOn machine = find_knob(knob.name).acts_on;
        if (machine == ActsOn::server) sent.set(knob.name, dnn.name);
        if (machine == ActsOn::device) sent.set(knob.name, dnn.cap_watts);
    }
    return sent.text();
}

Delivery InputScheme::play(Testbed& testbed) {
    const Configuration sent = send(testbed);
    const OnServer<Received> received = testbed.link().up(testbed.camera().encode(sent));
    Server& server = testbed.server();
    const std::vector<int> kept = server.read(received).kept;
    const SimSeconds due = testbed.due().value();
    const SegmentInfo& segment = testbed.segment();
    const double count = static_cast<double>(kept.size());
    std::vector<std::pair<int, OnServer<Output>>> said;
    DnnId chosen = 0;
    for (std::size_t place = 0; place < kept.size(); ++place) {
        const double share = 1.0 / (count - static_cast<double>(place));
        const Input input{
            .left = share * (due - server.now()),
            .period = (1.0 / count) * segment.duration,
            .energy_j =
                goal_.max_energy_j.value_or(std::numeric_limits<double>::infinity()) / count};
        const SimSeconds stop = server.now() + input.left;
        chosen = choose(testbed, input);
        OnServer<Output> output = server.infer_frame(received, chosen, place, stop);
        if (server.last_pass().finished) said.emplace_back(kept[place], std::move(output));
        learn(testbed, chosen);
    }
    Delivery delivery(label(testbed, sent, chosen));
    for (std::size_t i = 0; i < said.size(); ++i) {
        const int end = i + 1 < said.size() ? said[i + 1].first : segment.frames;
        for (int frame = said[i].first; frame < end; ++frame) {
            delivery.show(frame, said[i].second, 0);
        }
    }
    finish(testbed, sent, received);
    return delivery;
}

std::vector<DnnId> dnns_of(const std::vector<DnnProfile>& profile, Which which) {
    std::vector<DnnId> found;
    for (DnnId dnn = 0; dnn < profile.size(); ++dnn) {
        const bool anytime = !profile[dnn].exits.empty();
        if (profile[dnn].name.empty()) continue;  // no value of a knob chooses it
        if (which == Which::traditional && anytime) continue;
        if (which == Which::anytime && !anytime) continue;
        if (!profile[dnn].accuracy) {
            throw InputError(fmt::format("DNN '{}'", profile[dnn].name),
                             "has no accuracy on other recordings in the file of --accuracies",
                             "add it, as tools/accuracy_profile.py does");
        }
        found.push_back(dnn);
    }
    if (!found.empty()) return found;
    throw UsageError("--models",
                     which == Which::anytime ? "names no anytime DNN" : "names no traditional DNN",
                     "add one, e.g. street-anytime.pt or street-m.pt of datasets/models, or leave "
                     "out the scheme that needs it");
}

DnnId largest(const std::vector<DnnProfile>& profile, const std::vector<DnnId>& among) {
    return *std::ranges::max_element(among, {}, [&](DnnId dnn) {
        return std::pair(profile[dnn].cap_watts, profile[dnn].seconds);
    });
}

DnnId fastest(const std::vector<DnnProfile>& profile, const std::vector<DnnId>& among) {
    return *std::ranges::max_element(among, {}, [&](DnnId dnn) {
        return std::pair(profile[dnn].cap_watts, -profile[dnn].seconds);
    });
}

std::vector<DnnId> same_dnn(const std::vector<DnnProfile>& profile, DnnId dnn) {
    std::vector<DnnId> caps;
    for (DnnId other = 0; other < profile.size(); ++other) {
        if (profile[other].name == profile[dnn].name) caps.push_back(other);
    }
    return caps;
}

}  // namespace oneadapt
