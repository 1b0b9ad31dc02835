#include "schemes/alert_rivals.hpp"

#include "schemes/alert_model.hpp"
#include "schemes/input_scheme.hpp"

namespace oneadapt {
namespace {

/// The anytime DNN at the highest cap, stopped by the deadline.
class AppOnly final : public InputScheme {
  public:
    using InputScheme::InputScheme;

  private:
    DnnId choose(Testbed& testbed, const Input& /*input*/) override {
        const auto& known = profile(testbed);
        return largest(known, dnns_of(known, Which::anytime));
    }
};

/// The largest DNN at the highest cap.
class RaceToIdle final : public InputScheme {
  public:
    using InputScheme::InputScheme;

  private:
    DnnId choose(Testbed& testbed, const Input& /*input*/) override {
        const auto& known = profile(testbed);
        return largest(known, dnns_of(known, Which::all));
    }
};

/// A governor of the power cap that takes its application as it is: the cap of least energy at
/// which the filtered slowdown lets it meet the deadline, else the highest. The application is the
/// fastest traditional DNN, or an anytime one whose adaptation the governor does not know of: what
/// stopped at the deadline looks finished to it, as if it had been that quick.
class Governor final : public InputScheme {
  public:
    Governor(const SchemeSetting& setting, Which application)
        : InputScheme(setting), application_(application), slowdown_({}) {}

  private:
    DnnId choose(Testbed& testbed, const Input& input) override {
        const auto& known = profile(testbed);
        if (caps_.empty()) {
            const std::vector<DnnId> all = dnns_of(known, application_);
            caps_ = same_dnn(
                known, application_ == Which::anytime ? largest(known, all) : fastest(known, all));
        }
        const std::optional<double> idle = testbed.server().idle_watts();
        if (idle && last_watts_ > 0) idle_ = *idle / last_watts_;
        const auto energy = [&](DnnId dnn) {
            const AlertBelief belief{.slowdown = slowdown_.mean(),
                                     .idle_ratio = idle_,
                                     .left = input.left.value,
                                     .period = input.period.value};
            return expected_energy({dnn, {{known[dnn].seconds, 1}}, known[dnn].watts}, belief);
        };
        DnnId best = largest(known, caps_);
        for (const DnnId dnn : caps_) {
            const bool meets = slowdown_.mean() * known[dnn].seconds <= input.left.value;
            if (meets && energy(dnn) < energy(best)) best = dnn;
        }
        return best;
    }

    void learn(Testbed& testbed, DnnId chosen) override {
        const ForwardPass& pass = testbed.server().last_pass();
        slowdown_.update((pass.stopped - pass.from).value / profile(testbed)[chosen].seconds);
        last_watts_ = profile(testbed)[chosen].watts;
    }

    Which application_;
    SlowdownFilter slowdown_;
    double idle_ = 0.25;  ///< as last seen
    double last_watts_ = 0;
    std::vector<DnnId> caps_;
};

SchemeKind rival(std::string name, std::string summary, Which which,
                 std::unique_ptr<Scheme> (*create)(const SchemeSetting&)) {
    return {.name = std::move(name),
            .summary = std::move(summary),
            .paper = "ALERT, ATC'20",
            .needs = {.sizes = true, .constraints = true},
            .by_default = which == Which::traditional,  // an anytime DNN is not among the sizes
            .create = create};
}

}  // namespace

SchemeKind app_only() {
    return rival("app-only", "the anytime DNN at the highest cap, stopped by the deadline",
                 Which::anytime, [](const SchemeSetting& setting) -> std::unique_ptr<Scheme> {
                     return std::make_unique<AppOnly>(setting);
                 });
}

SchemeKind sys_only() {
    return rival("sys-only", "the fastest traditional DNN, its power cap by the same filter",
                 Which::traditional, [](const SchemeSetting& setting) -> std::unique_ptr<Scheme> {
                     return std::make_unique<Governor>(setting, Which::traditional);
                 });
}

SchemeKind no_coordination() {
    return rival("no-coordination", "app-only and sys-only together, unaware of each other",
                 Which::anytime, [](const SchemeSetting& setting) -> std::unique_ptr<Scheme> {
                     return std::make_unique<Governor>(setting, Which::anytime);
                 });
}

SchemeKind race_to_idle() {
    return rival("race-to-idle", "the largest DNN at the highest cap", Which::traditional,
                 [](const SchemeSetting& setting) -> std::unique_ptr<Scheme> {
                     return std::make_unique<RaceToIdle>(setting);
                 });
}

}  // namespace oneadapt
