#include "schemes/alert.hpp"

#include <algorithm>
#include <cmath>
#include <set>
#include <span>

namespace oneadapt {
namespace {

/// Arithmetic of one stage of a candidate: a normal distribution function and two sums.
constexpr double kGflopPerStage = 1e-7;

Which which_of(const std::string& word) {
    if (word == "traditional") return Which::traditional;
    return word == "anytime" ? Which::anytime : Which::all;
}

AlertConstants constants_of(const Parameters& parameters) {
    return {.forgetting = parameters.number("alpha"),
            .least_noise = parameters.number("q0"),
            .measurement_noise = parameters.number("r"),
            .first_gain = parameters.number("k0"),
            .first_variance = parameters.number("variance0"),
            .idle_variance = parameters.number("m0"),
            .idle_process_noise = parameters.number("s"),
            .idle_measurement_noise = parameters.number("nv")};
}

AlertGoal goal_of(const Goal& goal, const Input& input, std::size_t window,
                  std::span<const double> achieved) {
    if (!goal.min_accuracy) return {.min_accuracy = {}, .max_energy_j = input.energy_j};
    return {.min_accuracy = windowed_goal(*goal.min_accuracy, window, achieved),
            .max_energy_j = {}};
}

std::vector<ParameterSpec> shared() {
    return {
        {"candidates",
         std::string("all"),
         "which DNNs are chosen from",
         0,
         0,
         {"all", "traditional", "anytime"}},
        {"q-fail", 0.0, "accuracy where nothing is finished by the deadline", 0, 1, {}},
        {"near", 0.01, "accuracy that is given up for energy where no energy is kept to", 0, 1, {}},
        {"window", 1.0, "inputs over whose mean the accuracy is to be kept", 1, 1e4, {}}};
}

/// Knows what the server will do with the input, and nothing of what its DNNs will say.
class AlertOracle final : public InputScheme {
  public:
    explicit AlertOracle(const SchemeSetting& setting)
        : InputScheme(setting),
          future_(*setting.future),
          which_(which_of(setting.parameters.word("candidates"))),
          failure_(setting.parameters.number("q-fail")),
          near_(setting.parameters.number("near")),
          window_(static_cast<std::size_t>(setting.parameters.whole("window"))) {}

  private:
    DnnId choose(Testbed& testbed, const Input& input) override {
        if (candidates_.empty()) candidates_ = alert_candidates(profile(testbed), which_);
        std::vector<Prospect> all;
        for (const AlertCandidate& candidate : candidates_) {
            all.push_back(prospect(candidate, testbed.server().now(), input));
        }
        const Prospect& best =
            all[oneadapt::choose(all, goal_of(goal(), input, window_, achieved_), near_)];
        achieved_.push_back(best.accuracy);
        return best.dnn;
    }

    Prospect prospect(const AlertCandidate& candidate, SimSeconds from, const Input& input) const {
        const SimSeconds stop = from + input.left;
        Prospect made{.accuracy = failure_, .energy = 0, .dnn = candidate.dnn};
        SimSeconds done = from;
        for (const Stage& stage : candidate.stages) {
            done = future_.done_at(from, stage.seconds);
            if (done > stop) break;
            made.accuracy = stage.accuracy;
        }
        const SimSeconds end = std::max(from, std::min(done, stop));
        const SimSeconds next = std::max(end, from + input.period);
        made.energy = candidate.watts *
                      ((end - from).value + future_.idle_ratio(end, next) * (next - end).value);
        return made;
    }

    const ServerFuture& future_;
    Which which_;
    double failure_;
    double near_;
    std::size_t window_;
    std::vector<AlertCandidate> candidates_;
    std::vector<double> achieved_;
};

/// One DNN at one cap.
class AlertStatic final : public InputScheme {
  public:
    explicit AlertStatic(const SchemeSetting& setting)
        : InputScheme(setting), fixed_(setting.fixed) {}

  private:
    Configuration send(Testbed& /*testbed*/) override { return fixed_; }
    DnnId choose(Testbed& testbed, const Input& /*input*/) override { return testbed.dnn(fixed_); }

    Configuration fixed_;
};

/// A cell for each configuration and deadline: which of them is best for a goal, results say.
std::vector<SchemeCell> cell_per_deadline(const std::vector<Goal>& goals, const KnobSpace& space) {
    std::set<Goal> deadlines;
    for (const Goal& goal : goals) deadlines.insert(Goal{.deadline = goal.deadline});
    std::vector<SchemeCell> cells;
    for (const Goal& goal : deadlines) {
        for (const Configuration& configuration : space.grid()) {
            cells.push_back({.goal = goal, .fixed = configuration});
        }
    }
    return cells;
}

}  // namespace

std::vector<AlertCandidate> alert_candidates(const std::vector<DnnProfile>& profile, Which which) {
    std::vector<AlertCandidate> candidates;
    for (const DnnId dnn : dnns_of(profile, which)) {
        AlertCandidate candidate{.dnn = dnn, .stages = {}, .watts = profile[dnn].watts};
        const auto add = [&](DnnId stage) {
            candidate.stages.push_back(
                {profile[stage].seconds, profile[stage].accuracy.value_or(0)});
        };
        for (const DnnId exit : profile[dnn].exits) add(exit);
        if (candidate.stages.empty()) add(dnn);
        candidates.push_back(std::move(candidate));
    }
    return candidates;
}

Alert::Alert(const SchemeSetting& setting)
    : InputScheme(setting),
      which_(which_of(setting.parameters.word("candidates"))),
      uses_variance_(setting.parameters.word("variance") == "use"),
      failure_(setting.parameters.number("q-fail")),
      near_(setting.parameters.number("near")),
      window_(static_cast<std::size_t>(setting.parameters.whole("window"))),
      slowdown_(constants_of(setting.parameters)),
      idle_(constants_of(setting.parameters), setting.parameters.number("idle0")) {}

std::vector<ParameterSpec> Alert::parameters() {
    std::vector<ParameterSpec> all = shared();
    const std::vector<ParameterSpec> own = {
        {"variance",
         std::string("use"),
         "of the slowdown; ignored, its mean alone decides (ALERT*)",
         0,
         0,
         {"use", "ignore"}},
        {"alpha", 0.3, "forgetting factor of the process noise", 0, 1, {}},
        {"q0", 0.1, "least process noise", 1e-12, 1e3, {}},
        {"r", 0.001, "measurement noise", 1e-12, 1e3, {}},
        {"k0", 0.5, "first gain", 0, 1, {}},
        {"variance0", 0.1, "first variance of the slowdown", 0, 1e3, {}},
        {"idle0", 0.25, "first idle-power ratio", 0, 10, {}},
        {"m0", 0.01, "first variance of the idle-power ratio", 0, 1e3, {}},
        {"s", 1e-4, "process noise of the idle-power ratio", 0, 1e3, {}},
        {"nv", 1e-3, "measurement noise of the idle-power ratio", 1e-12, 1e3, {}}};
    all.insert(all.end(), own.begin(), own.end());
    return all;
}

void Alert::make_candidates(Testbed& testbed) {
    if (candidates_.empty()) candidates_ = alert_candidates(profile(testbed), which_);
}

void Alert::watch_idle(Testbed& testbed) {
    const std::optional<double> watts = testbed.server().idle_watts();
    if (watts && last_watts_ && *last_watts_ > 0) idle_.update(*watts / *last_watts_);
}

DnnId Alert::choose(Testbed& testbed, const Input& input) {
    make_candidates(testbed);
    watch_idle(testbed);
    Server& server = testbed.server();
    const SimSeconds asked = server.now();
    std::size_t stages = 0;
    for (const AlertCandidate& candidate : candidates_) stages += candidate.stages.size();
    server.think(kGflopPerStage * static_cast<double>(stages));
    belief_ = {.slowdown = slowdown_.mean(),
               .deviation = uses_variance_ ? std::sqrt(slowdown_.variance()) : 0.0,
               .idle_ratio = idle_.ratio(),
               .left = (input.left - (server.now() - asked)).value,
               .period = input.period.value,
               .failure = failure_};
    wanted_ = goal_of(goal(), input, window_, achieved_);
    return expect(0).dnn;
}

Prospect Alert::expect(double more_seconds) const {
    AlertBelief belief = belief_;
    belief.left += more_seconds;
    const std::vector<Prospect> all = prospects(candidates_, belief);
    if (hopeless(all, belief)) {
        return prospects(std::span(&quickest(candidates_), 1), belief).front();
    }
    return all[oneadapt::choose(all, wanted_, near_)];
}

void Alert::learn(Testbed& testbed, DnnId chosen) {
    const ForwardPass& pass = testbed.server().last_pass();
    const std::vector<DnnProfile>& known = profile(testbed);
    last_watts_ = known[chosen].watts;
    achieved_.push_back(pass.finished ? known[*pass.finished].accuracy.value_or(0) : failure_);
    if (pass.finished) {
        slowdown_.update((pass.done - pass.from).value / known[*pass.finished].seconds);
        return;
    }
    // Of what was stopped before its first result only this is known: it is at least so slow.
    const DnnId first = known[chosen].exits.empty() ? chosen : known[chosen].exits.front();
    const double at_least = (pass.stopped - pass.from).value / known[first].seconds;
    if (at_least > slowdown_.mean()) slowdown_.update(at_least);
}

SchemeKind alert() {
    return {.name = "alert",
            .summary = "DNN and power cap for each input, by a Kalman-filtered slowdown",
            .paper = "ALERT, ATC'20",
            .claim = "13 % less energy, 27 % less error",
            .needs = {.sizes = true, .constraints = true},
            .parameters = Alert::parameters(),
            .create = [](const SchemeSetting& setting) -> std::unique_ptr<Scheme> {
                return std::make_unique<Alert>(setting);
            }};
}

SchemeKind alert_oracle() {
    return {.name = "alert-oracle",
            .summary = "ALERT that knows each input's slowdown and idle power in advance",
            .paper = "ALERT, ATC'20",
            .needs = {.sizes = true, .constraints = true, .future = true},
            .parameters = shared(),
            .create = [](const SchemeSetting& setting) -> std::unique_ptr<Scheme> {
                return std::make_unique<AlertOracle>(setting);
            }};
}

SchemeKind alert_static() {
    return {
        .name = "alert-static",
        .summary = "one DNN at one cap; results take the best one of each goal, known afterwards",
        .paper = "ALERT, ATC'20",
        .needs = {.sizes = true, .constraints = true},
        .yardstick = Yardstick::setting,
        .cells = cell_per_deadline,
        .create = [](const SchemeSetting& setting) -> std::unique_ptr<Scheme> {
            return std::make_unique<AlertStatic>(setting);
        }};
}

}  // namespace oneadapt
