#include "testbed/server.hpp"

#include <algorithm>
#include <iterator>
#include <stdexcept>

#include <fmt/format.h>

#include "measure/infer.hpp"
#include "measure/score.hpp"

namespace oneadapt {

void Server::begin() {
    outputs_.clear();
    gradients_.clear();
    profiled_.clear();
    encoded_.clear();
    if (!rests_from_) rests_from_ = ground_.lab->segment().start;
}

void Server::end(SimSeconds captured) {
    rest(captured);
}

SimSeconds Server::done_at(SimSeconds from, double seconds) const {
    const std::optional<Series>& speed = ground_.world.environment.speed;
    return speed ? speed->reach(from, seconds) : from + SimSeconds{seconds};
}

SimSeconds Server::work(SimSeconds from, double seconds, double watts) {
    const SimSeconds to = done_at(from, seconds);
    occupy(from, to, ground_.world.environment.speed ? to - from : SimSeconds{seconds}, watts);
    return to;
}

void Server::rest(SimSeconds until) {
    const SimSeconds from = *rests_from_;
    if (until <= from) return;
    const std::optional<Series>& idle = ground_.world.environment.idle_watts;
    if (idle) ground_.ledger.energy_j += idle->amount(from, until);
    rests_from_ = until;
}

void Server::occupy(SimSeconds from, SimSeconds to, SimSeconds busy, double watts) {
    rest(from);
    rests_from_ = to;
    wait_until(to);
    ground_.ledger.busy_server += busy;
    ground_.ledger.energy_j += watts * busy.value;
}

void Server::charge_forward(const WorldDnn& dnn, int frames) {
    ground_.ledger.forward_frames += frames;
    ground_.ledger.gflop += dnn.gflop * frames;
}

OnServer<Output> Server::infer(const OnServer<Received>& received, DnnId dnn) {
    const Received& seen = *what(received);
    OnServer<Output>& output = outputs_[{seen.recipe, dnn}];
    if (output) return output;
    const WorldDnn& with = ground_.world.dnns.at(dnn);
    const Later<Output>& said = ground_.lab->later(Infer{seen.recipe, with.dnn});
    const int frames = static_cast<int>(seen.kept.size());
    const SimSeconds from = std::max(now(), when(received));
    const SimSeconds to = work(from, with.seconds * frames, with.watts);
    charge_forward(with, frames);
    ground_.enter(Actor::server, from, to, 0, [&] { return fmt::format("infer {}", frames); });
    output = at<Place::server>(said, to);
    return output;
}

const WorldDnn* Server::last_exit(const WorldDnn& dnn, SimSeconds from, SimSeconds stop) const {
    const WorldDnn* last = nullptr;
    for (const DnnId id : dnn.exits) {
        const WorldDnn& exit = ground_.world.dnns.at(id);
        if (done_at(from, exit.seconds) <= stop) last = &exit;
    }
    return last;
}

OnServer<Output> Server::infer_until(const OnServer<Received>& received, DnnId dnn,
                                     SimSeconds stop) {
    const Received& seen = *what(received);
    const WorldDnn& with = ground_.world.dnns.at(dnn);
    const SimSeconds from = std::max(now(), when(received));
    std::size_t finished = 0;
    SimSeconds done = from;
    for (; finished < seen.kept.size(); ++finished) {
        const SimSeconds next = done_at(done, with.seconds);
        if (next > stop) break;
        done = next;
    }
    const bool all = finished == seen.kept.size();
    const SimSeconds to = all ? done : std::max(from, stop);
    occupy(from, to, to - from, with.watts);
    Output said = *ground_.lab->take(Infer{seen.recipe, with.dnn});
    charge_forward(with, static_cast<int>(finished));
    if (!all) {
        const auto frame = [&](std::size_t place) {
            return place < seen.kept.size() ? static_cast<std::size_t>(seen.kept[place])
                                            : said.frames.size();
        };
        const std::size_t first = frame(finished);
        const std::size_t next = frame(finished + 1);
        said.frames.resize(first);
        if (const WorldDnn* exit = last_exit(with, done, stop)) {
            const auto early = ground_.lab->take(Infer{seen.recipe, exit->dnn});
            for (std::size_t i = first; i < next; ++i) said.frames.push_back(early->frames[i]);
            charge_forward(*exit, 1);
        }
    }
    ground_.enter(Actor::server, from, to, 0, [&] { return fmt::format("infer {}", finished); });
    return at<Place::server>(std::make_shared<const Output>(std::move(said)), to);
}

OnServer<DnnGrad> Server::gradient(const OnServer<Received>& received, DnnId dnn, double floor) {
    const Pass pass{what(received)->recipe, dnn};
    const auto output = outputs_.find(pass);
    if (output == outputs_.end()) throw std::logic_error("gradient of what was never inferred");
    OnServer<DnnGrad>& gradient = gradients_[{pass, floor}];
    if (gradient) return gradient;
    const WorldDnn& with = ground_.world.dnns.at(dnn);
    const double ratio = ground_.world.device.backward_ratio;
    auto value = ground_.lab->take(Differentiate{pass.first, with.dnn, floor});
    const SimSeconds from = std::max(now(), when(output->second));
    const SimSeconds to = work(from, with.seconds * ratio, with.watts);
    ground_.ledger.backward_frames += 1;
    ground_.ledger.gflop += with.gflop * ratio;
    ground_.enter(Actor::server, from, to, 0, [] { return std::string("gradient"); });
    gradient = at<Place::server>(std::move(value), to);
    return gradient;
}

OnServer<Profiled> Server::profile(const OnServer<Received>& reference,
                                   const Configuration& configuration) {
    const Configuration& whole = ground_.world.space.reference();
    const auto best = outputs_.find({what(reference)->recipe, ground_.world.dnn(whole)});
    if (best == outputs_.end()) {
        throw std::logic_error("profiling before the reference was inferred");
    }
    encoded_.insert(as_sent(whole));
    OnServer<Profiled>& profiled = profiled_[configuration];
    if (!profiled) profiled = measure_profile(best->second, configuration);
    return profiled;
}

OnServer<Profiled> Server::measure_profile(const OnServer<Output>& best,
                                           const Configuration& configuration) {
    const World& world = ground_.world;
    const Configuration sent = as_sent(configuration);
    const auto encoding = ground_.lab->take(Encode{EncodePlan(sent)});
    const Ledger plain = world.plain(configuration, *encoding);
    const auto profiled = [&](double accuracy, SimSeconds ready) {
        return at<Place::server>(std::make_shared<const Profiled>(Profiled{plain, accuracy}),
                                 ready);
    };
    if (configuration == world.space.reference()) return profiled(1.0, when(best));
    const WorldDnn& with = world.dnns.at(world.dnn(configuration));
    const Later<Output>& output = ground_.lab->later(world.infer(configuration));
    const SimSeconds from = std::max(now(), when(best));
    double seconds = with.seconds * plain.forward_frames;
    if (encoded_.insert(sent).second) {
        ground_.ledger.server_encodes += plain.camera_encodes;
        seconds += world.device.server_encode_s_per_megapixel * encoding->megapixels();
    }
    const SimSeconds to = work(from, seconds, with.watts);
    charge_forward(with, plain.forward_frames);
    ground_.enter(Actor::server, from, to, 0, [&] { return "profile " + configuration.text(); });
    return profiled(
        mean_score(*ground_.lab, output, later(best), world.task, world.sidecar, world.scoring),
        to);
}

OnServer<Repeats> Server::repeats(const OnServer<Output>& output) {
    const World& world = ground_.world;
    return at<Place::server>(
        std::make_shared<const Repeats>(*ground_.lab, later(output), world.task, world.sidecar,
                                        world.scoring),
        std::max(now(), when(output)));
}

OnServer<Received> Server::paste(const OnServer<Received>& under,
                                 const OnServer<Received>& regions) {
    Received pasted = *what(under);
    const Recipe& over = what(regions)->recipe;
    pasted.recipe.pasted.push_back(over.plan);
    std::ranges::copy(over.pasted, std::back_inserter(pasted.recipe.pasted));
    return at<Place::server>(std::make_shared<const Received>(std::move(pasted)),
                             std::max({now(), when(under), when(regions)}));
}

}  // namespace oneadapt
