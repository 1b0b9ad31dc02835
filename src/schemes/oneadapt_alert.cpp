#include "schemes/oneadapt_alert.hpp"

#include <algorithm>
#include <utility>

#include "schemes/alert.hpp"
#include "schemes/bounded.hpp"

namespace oneadapt {
namespace {

/// The knobs that say what the camera sends.
KnobSpace camera_part(const KnobSpace& space) {
    std::vector<Knob> knobs;
    for (const Knob& knob : space.knobs()) {
        if (find_knob(knob.name).acts_on == ActsOn::camera) knobs.push_back(knob);
    }
    return KnobSpace(std::move(knobs));
}

/// Bytes that are not sent are time that the server has: what ALERT makes of it, energy and
/// expected accuracy, is priced together with the bytes when the camera weighs its next
/// configuration.
class OneAdaptAlert final : public Alert {
  public:
    explicit OneAdaptAlert(const SchemeSetting& setting)
        : Alert(setting),
          sent_(camera_part(setting.space)),
          update_(sent_, setting.regions, setting.parameters, setting.parameters.number("weight"),
                  true),
          energy_weight_(setting.parameters.number("energy-weight")),
          adapts_(setting.parameters.word("adapt")),
          coordinated_(setting.parameters.word("coordination") == "use") {}

  private:
    Configuration send(Testbed& testbed) override {
        if (adapts_ == "server") return Alert::send(testbed);
        Configuration how = update_.decide();
        if (!together()) return how;
        // What the link would take beyond the deadline is not sent.
        for (Configuration dearer; how != dearer && too_large(testbed, how);) {
            dearer = how;
            update_.retreat();
            how = update_.decide();
        }
        return how;
    }

    /// Whether the camera knows of the server's deadline.
    bool together() const { return coordinated_ && adapts_ == "both"; }

    /// Whether the link, as fast as it last was, has a configuration's bytes later than the results
    /// are due.
    bool too_large(Testbed& testbed, const Configuration& how) const {
        if (seconds_per_byte_ == 0) return false;
        const auto bytes = static_cast<double>(testbed.camera().demand(how).uplink_bytes);
        return seconds_per_byte_ * bytes > goal().deadline->value;
    }

    DnnId choose(Testbed& testbed, const Input& input) override {
        arrived_ = testbed.server().now();
        if (adapts_ == "camera") {
            const auto& known = profile(testbed);
            return largest(known, dnns_of(known, Which::traditional));
        }
        if (coordinated_) return Alert::choose(testbed, input);
        // It knows nothing of what camera and link took of the deadline.
        Input alone = input;
        alone.left = (input.period.value / testbed.segment().duration.value) * *goal().deadline;
        return Alert::choose(testbed, alone);
    }

    void finish(Testbed& testbed, const Configuration& /*sent*/,
                const OnServer<Received>& received) override {
        const ForwardPass& pass = testbed.server().last_pass();
        if (adapts_ == "server") return;
        if (!pass.finished) {  // the link took the whole deadline, and there is no gradient
            update_.retreat();
            return;
        }
        const double link_seconds = (arrived_ - testbed.camera().now()).value;
        const double bytes =
            static_cast<double>(testbed.camera().demand(update_.decide()).uplink_bytes);
        seconds_per_byte_ =
            testbed.link().limited() && bytes > 0 ? std::max(0.0, link_seconds) / bytes : 0.0;
        const BoundedUpdate::AlsoSaved also = [&](const Encoding& dearer, const Encoding& cheaper) {
            const double seconds =
                seconds_per_byte_ * static_cast<double>(dearer.bytes - cheaper.bytes);
            return worth_of(seconds);
        };
        update_.learn(testbed, received, *pass.finished,
                      together() ? also : BoundedUpdate::AlsoSaved());
    }

    /// What so many more seconds for the server are worth, in accuracy.
    double worth_of(double seconds) const {
        const Prospect now = expect(0);
        const Prospect then = expect(seconds);
        return energy_weight_ * (now.energy - then.energy) / now.energy +
               (then.accuracy - now.accuracy);
    }

    KnobSpace sent_;
    BoundedUpdate update_;
    double energy_weight_;
    std::string adapts_;
    bool coordinated_;
    SimSeconds arrived_;
    double seconds_per_byte_ = 0;  ///< of the link, when results were last in time
};

std::vector<ParameterSpec> joined_parameters() {
    std::vector<ParameterSpec> all = {
        {"weight", 1.0, "price of bandwidth in accuracy", 0, 1e9, {}},
        {"energy-weight", 1.0, "price of the server's energy in accuracy", 0, 1e9, {}},
        {"adapt", std::string("both"), "who adapts", 0, 0, {"both", "camera", "server"}},
        {"coordination",
         std::string("use"),
         "ignored, each adapts as if it were alone",
         0,
         0,
         {"use", "ignore"}}};
    for (const auto& part : {Alert::parameters(), BoundedUpdate::parameters(true)}) {
        all.insert(all.end(), part.begin(), part.end());
    }
    return all;
}

}  // namespace

SchemeKind oneadapt_alert() {
    return {
        .name = "oneadapt+alert",
        .summary = "the bounded update on the camera, ALERT on the server, one deadline for both",
        .paper = "this project",
        .needs = {.sizes = true, .constraints = true},
        .by_default = false,
        .parameters = joined_parameters(),
        .create = [](const SchemeSetting& setting) -> std::unique_ptr<Scheme> {
            return std::make_unique<OneAdaptAlert>(setting);
        }};
}

}  // namespace oneadapt
