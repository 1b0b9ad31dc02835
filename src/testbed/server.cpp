#include "testbed/server.hpp"

#include <algorithm>
#include <iterator>
#include <stdexcept>

#include <fmt/format.h>

#include "measure/infer.hpp"
#include "measure/score.hpp"
#include "measure/transcode.hpp"

namespace oneadapt {

void Server::begin() {
    outputs_.clear();
    forward_.clear();
    gradients_.clear();
    profiled_.clear();
    enlarged_.clear();
    transcoded_.clear();
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

double Server::idle_energy(SimSeconds from, SimSeconds until) const {
    const World& world = ground_.world;
    const std::optional<Series>& watts = world.environment.idle_watts;
    const std::optional<Series>& ratio = world.environment.idle_ratio;
    const double ratio_seconds =
        ratio ? ratio->amount(from, until) : world.device.idle_ratio * (until - from).value;
    const double while_busy = busy_watts_.value_or(world.dnns.front().watts);
    return (watts ? watts->amount(from, until) : 0.0) + ratio_seconds * while_busy;
}

std::optional<double> Server::idle_watts() const {
    const double seconds = (now() - busy_until_).value;
    if (!busy_watts_ || seconds <= 0) return std::nullopt;
    return idle_energy(busy_until_, now()) / seconds;
}

void Server::rest(SimSeconds until) {
    const SimSeconds from = *rests_from_;
    if (until <= from) return;
    const double joules = idle_energy(from, until);
    ground_.ledger.energy_j += joules;
    ground_.ledger.server_j += joules;
    rests_from_ = until;
}

void Server::occupy(SimSeconds from, SimSeconds to, SimSeconds busy, double watts) {
    rest(from);
    rests_from_ = to;
    busy_until_ = to;
    busy_watts_ = watts;
    wait_until(to);
    const double joules = watts * busy.value;
    ground_.ledger.busy_server += busy;
    ground_.ledger.energy_j += joules;
    ground_.ledger.server_j += joules;
}

void Server::think(double gflop) {
    const World& world = ground_.world;
    const SimSeconds from = now();
    const SimSeconds to = work(from, world.device.forward_s_per_gflop * gflop,
                               busy_watts_.value_or(world.dnns.front().watts));
    ground_.ledger.gflop += gflop;
    ground_.enter(Actor::server, from, to, 0, [] { return std::string("think"); });
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
    pass_ = {.from = from, .finished = dnn, .frames = frames, .done = to, .stopped = to};
    ground_.enter(Actor::server, from, to, 0, [&] { return fmt::format("infer {}", frames); });
    output = at<Place::server>(said, to);
    forward_[{seen.recipe, dnn}] = to;
    return output;
}

std::vector<const WorldDnn*> Server::exits(const WorldDnn& dnn) const {
    if (dnn.exits.empty()) return {&dnn};
    std::vector<const WorldDnn*> exits;
    for (const DnnId id : dnn.exits) exits.push_back(&ground_.world.dnns.at(id));
    return exits;
}

double Server::stopped_gflop(const WorldDnn& dnn, SimSeconds from, SimSeconds to) const {
    const std::optional<Series>& speed = ground_.world.environment.speed;
    const double worked = speed ? speed->amount(from, to) : (to - from).value;
    double seconds = 0;
    double gflop = 0;
    for (const WorldDnn* exit : exits(dnn)) {
        if (worked < exit->seconds) {
            return gflop + (exit->gflop - gflop) * (worked - seconds) / (exit->seconds - seconds);
        }
        seconds = exit->seconds;
        gflop = exit->gflop;
    }
    return gflop;
}

const WorldDnn* Server::last_exit(const WorldDnn& dnn, SimSeconds from, SimSeconds stop) const {
    const WorldDnn* last = nullptr;
    for (const WorldDnn* exit : exits(dnn)) {
        if (done_at(from, exit->seconds) <= stop) last = exit;
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
    charge_forward(with, static_cast<int>(finished));
    const WorldDnn* exit = all ? nullptr : last_exit(with, done, stop);
    if (exit != nullptr) ground_.ledger.forward_frames += 1;
    if (!all) ground_.ledger.gflop += stopped_gflop(with, done, to);
    pass_ = {.from = from,
             .finished = finished > 0 ? std::optional(dnn) : std::nullopt,
             .frames = static_cast<int>(finished),
             .done = done,
             .stopped = to};
    ground_.enter(Actor::server, from, to, 0, [&] { return fmt::format("infer {}", finished); });
    const Later<Output>& whole = ground_.lab->later(Infer{seen.recipe, with.dnn});
    if (all) return at<Place::server>(whole, to);
    const auto frame = [&](std::size_t place) {
        return place < seen.kept.size() ? static_cast<std::size_t>(seen.kept[place])
                                        : whole.get()->frames.size();
    };
    const std::size_t first = frame(finished);
    Output said = *whole.get();
    said.frames.resize(first);
    if (exit != nullptr) {
        const auto early = ground_.lab->take(Infer{seen.recipe, exit->dnn});
        for (std::size_t i = first; i < frame(finished + 1); ++i) {
            said.frames.push_back(early->frames[i]);
        }
    }
    return at<Place::server>(std::make_shared<const Output>(std::move(said)), to);
}

OnServer<Output> Server::infer_frame(const OnServer<Received>& received, DnnId dnn,
                                     std::size_t place, SimSeconds stop) {
    const Received& seen = *what(received);
    const WorldDnn& with = ground_.world.dnns.at(dnn);
    pass_ = {.from = std::max(now(), when(received)),
             .finished = {},
             .frames = 0,
             .done = {},
             .stopped = {}};
    pass_.done = pass_.from;
    SimSeconds end = pass_.from;
    const std::vector<DnnId> stages = with.exits.empty() ? std::vector<DnnId>{dnn} : with.exits;
    for (const DnnId exit : stages) {
        end = done_at(pass_.from, ground_.world.dnns.at(exit).seconds);
        if (end > stop) break;
        pass_.done = end;
        pass_.finished = exit;
        pass_.frames = 1;
    }
    pass_.stopped = std::max(pass_.from, std::min(end, stop));
    occupy(pass_.from, pass_.stopped, pass_.stopped - pass_.from, with.watts);
    ground_.enter(Actor::server, pass_.from, pass_.stopped, 0,
                  [&] { return fmt::format("infer {}", pass_.frames); });
    const bool whole_dnn = pass_.finished == stages.back();
    ground_.ledger.gflop += whole_dnn ? with.gflop : stopped_gflop(with, pass_.from, pass_.stopped);
    if (!pass_.finished) return at<Place::server>(std::make_shared<const Output>(), pass_.stopped);
    const WorldDnn& said_by = ground_.world.dnns.at(*pass_.finished);
    ground_.ledger.forward_frames += 1;
    if (place + 1 == seen.kept.size()) forward_[{seen.recipe, *pass_.finished}] = pass_.done;
    const Later<Output>& whole = ground_.lab->later(Infer{seen.recipe, said_by.dnn});
    if (ground_.lab->segment().frames == 1) return at<Place::server>(whole, pass_.done);
    Output said = *whole.get();
    said.frames = {said.frames.at(static_cast<std::size_t>(seen.kept.at(place)))};
    return at<Place::server>(std::make_shared<const Output>(std::move(said)), pass_.done);
}

OnServer<Proposals> Server::propose(const OnServer<Received>& received, DnnId dnn, double floor) {
    const Recipe& recipe = what(received)->recipe;
    const auto output = outputs_.find({recipe, dnn});
    if (output == outputs_.end()) throw std::logic_error("proposals of what was never inferred");
    auto value = ground_.lab->take(Propose{recipe, ground_.world.dnns.at(dnn).dnn, floor});
    return at<Place::server>(std::move(value), when(output->second));
}

OnServer<DnnGrad> Server::gradient(const OnServer<Received>& received, DnnId dnn, double floor) {
    const Pass pass{what(received)->recipe, dnn};
    const auto forward = forward_.find(pass);
    if (forward == forward_.end()) throw std::logic_error("gradient of what was never inferred");
    OnServer<DnnGrad>& gradient = gradients_[{pass, floor}];
    if (gradient) return gradient;
    const WorldDnn& with = ground_.world.dnns.at(dnn);
    const double ratio = ground_.world.device.backward_ratio;
    auto value = ground_.lab->take(Differentiate{pass.first, with.dnn, floor});
    const SimSeconds from = std::max(now(), forward->second);
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

OnServer<Transcoding> Server::transcode(const OnServer<Received>& received,
                                        const Configuration& configuration) {
    const World& world = ground_.world;
    Recipe recipe = what(received)->recipe;
    if (recipe.again) throw std::logic_error("encoding once more what the server encoded");
    recipe.again = as_sent(configuration);
    OnServer<Transcoding>& transcoded = transcoded_[recipe];
    if (transcoded) return transcoded;
    const auto encoding = ground_.lab->take(Transcode{recipe});
    const SimSeconds from = std::max(now(), when(received));
    const SimSeconds to =
        work(from, world.device.server_encode_s_per_megapixel * encoding->megapixels(),
             world.dnns.front().watts);
    ground_.ledger.server_encodes += static_cast<int>(encoding->kept.size());
    ground_.enter(Actor::server, from, to, 0, [&] { return "transcode " + configuration.text(); });
    transcoded = at<Place::server>(std::make_shared<const Transcoding>(Transcoding{
                                       {std::move(recipe), encoding->kept}, encoding->difference}),
                                   to);
    return transcoded;
}

OnServer<double> Server::agreement(const OnServer<Output>& output, const OnServer<Output>& right) {
    const World& world = ground_.world;
    return at<Place::server>(
        std::make_shared<const double>(mean_score(*ground_.lab, later(output), later(right),
                                                  world.task, world.sidecar, world.scoring)),
        std::max({now(), when(output), when(right)}));
}

OnServer<bool> Server::silent(const OnServer<Output>& output) {
    const World& world = ground_.world;
    return at<Place::server>(std::make_shared<const bool>(oneadapt::silent(
                                 *ground_.lab, later(output), world.sidecar, world.scoring)),
                             std::max(now(), when(output)));
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
    if (pasted.recipe.enlarged || over.enlarged) throw std::logic_error("pasting larger frames");
    pasted.recipe.pasted.push_back(over.plan);
    std::ranges::copy(over.pasted, std::back_inserter(pasted.recipe.pasted));
    return at<Place::server>(std::make_shared<const Received>(std::move(pasted)),
                             std::max({now(), when(under), when(regions)}));
}

OnServer<Received> Server::enlarge(const OnServer<Received>& received) {
    const WorldAuxiliary& with = ground_.world.auxiliary(AuxiliaryUse::picture);
    Received larger = *what(received);
    larger.recipe.enlarged = with.auxiliary->identity;
    OnServer<Received>& enlarged = enlarged_[larger.recipe];
    if (enlarged) return enlarged;
    const auto frames = static_cast<double>(larger.kept.size());
    const SimSeconds from = std::max(now(), when(received));
    const SimSeconds to = work(from, with.seconds * frames, with.watts);
    ground_.ledger.gflop += with.gflop * frames;
    ground_.enter(Actor::server, from, to, 0, [&] { return fmt::format("enlarge {}", frames); });
    enlarged = at<Place::server>(std::make_shared<const Received>(std::move(larger)), to);
    return enlarged;
}

}  // namespace oneadapt
