#include "schemes/bounded.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace oneadapt {

BoundedUpdate::BoundedUpdate(const KnobSpace& space, const RegionGrid& regions,
                             const Parameters& parameters, double weight, bool uses_dnn)
    : space_(space),
      weight_(weight),
      uses_dnn_(uses_dnn),
      floor_(uses_dnn ? parameters.number("floor") : 0.0),
      difference_share_(parameters.number("difference-share")),
      dials_(space, regions, parameters.whole("blocks")),
      cheaper_step_(parameters.number("cheaper-step")),
      dearer_step_(parameters.number("dearer-step")),
      reference_(parameters.whole("reference-every")) {
    applied_.resize(dials_.count());
    for (std::size_t d = 0; d < dials_.count(); ++d) {
        places_.push_back(static_cast<double>(dials_.values(d) - 1) / 2.0);
    }
}

double BoundedUpdate::Loss::saliency_sum() const {
    return std::accumulate(saliency.begin(), saliency.end(), 0.0);
}

double BoundedUpdate::Loss::difference_sum() const {
    return std::accumulate(difference.begin(), difference.end(), 0.0);
}

void BoundedUpdate::retreat() {
    for (std::size_t d = 0; d < dials_.count(); ++d) {
        places_[d] = std::min(places_[d] + 1, static_cast<double>(dials_.values(d) - 1));
    }
}

Configuration BoundedUpdate::decide() {
    for (std::size_t d = 0; d < dials_.count(); ++d) {
        applied_[d] = static_cast<std::size_t>(std::lround(places_[d]));
    }
    return dials_.at(applied_);
}

BoundedUpdate::Loss BoundedUpdate::loss(std::size_t knob, const TileMap& saliency,
                                        const Encoding& encoding) const {
    const TileMap& d = encoding.difference;
    const double pixels = kTileSize * kTileSize * static_cast<double>(d.size().area());
    Loss loss{uses_dnn_ ? dials_.parts(knob, saliency, d) : dials_.parts(knob, d),
              dials_.parts(knob, d)};
    for (double& part : loss.saliency) part *= pixels;
    return loss;
}

std::vector<AccGradNote> BoundedUpdate::learn(Testbed& testbed, const OnServer<Received>& received,
                                              DnnId dnn, const AlsoSaved& also) {
    OnCamera<DnnGrad> gradient;
    if (uses_dnn_) {
        const auto made = testbed.server().gradient(received, dnn, floor_);
        gradient = testbed.link().down(made, saliency_bytes(testbed.server().read(made)));
    }
    // The camera encodes while the gradient is on its way.
    std::vector<Trial> trials;
    for (std::size_t k = 0; k < space_.dimensions(); ++k) {
        if (space_.knobs()[k].size() > 1) trials.push_back(encode(testbed, k));
    }
    const TileMap saliency = gradient ? testbed.camera().read(gradient).saliency : TileMap();
    std::vector<AccGradNote> notes;
    notes.reserve(trials.size());
    for (const Trial& trial : trials) notes.push_back(move(testbed, trial, saliency, also));
    return notes;
}

BoundedUpdate::Trial BoundedUpdate::encode(Testbed& testbed, std::size_t k) const {
    const std::size_t last = space_.knobs()[k].size() - 1;
    const Dials::Range dials = dials_.of_knob(k);
    Indices dear = applied_;
    Indices cheap = dear;
    for (std::size_t d = dials.first; d < dials.last; ++d) {
        dear[d] = std::min(static_cast<std::size_t>(places_[d]), last - 1);
        cheap[d] = dear[d] + 1;
    }
    Camera& camera = testbed.camera();
    Trial trial{.knob = k,
                .at_dear = dials_.at(dear),
                .at_cheap = dials_.at(cheap),
                .dearer = {},
                .cheaper = {}};
    trial.dearer = camera.read(camera.encode(trial.at_dear)).encoding;
    trial.cheaper = camera.read(camera.encode(trial.at_cheap)).encoding;
    return trial;
}

/// Moves a knob's dials by what each loses between its neighbours. Each region is taken to save
/// its share of the bytes.
AccGradNote BoundedUpdate::move(Testbed& testbed, const Trial& trial, const TileMap& saliency,
                                const AlsoSaved& also) {
    const std::size_t k = trial.knob;
    const Dials::Range dials = dials_.of_knob(k);
    const Loss loss_a = loss(k, saliency, *trial.dearer);
    const Loss loss_e = loss(k, saliency, *trial.cheaper);
    for (const Loss& each : {loss_a, loss_e}) {
        saliency_mean_.add(each.saliency_sum());
        difference_mean_.add(each.difference_sum());
    }
    const double priced = weight_ * reference_.saved(testbed, trial.at_dear, trial.at_cheap);
    const double saved = (priced + (also ? also(*trial.dearer, *trial.cheaper) : 0.0)) /
                         static_cast<double>(dials.size());
    for (std::size_t i = 0; i < dials.size(); ++i) {
        const double lost = saliency_mean_.relative(loss_e.saliency[i] - loss_a.saliency[i]) +
                            difference_share_ * difference_mean_.relative(loss_e.difference[i] -
                                                                          loss_a.difference[i]);
        const double pull = (saved - lost) / (std::abs(saved) + std::abs(lost) + 1e-12);
        double& place = places_[dials.first + i];
        place += pull * (pull > 0 ? cheaper_step_ : dearer_step_);
        place = std::clamp(place, 0.0, static_cast<double>(space_.knobs()[k].size() - 1));
    }
    return {space_.knobs()[k].name, trial.at_dear, trial.at_cheap,
            loss_e.saliency_sum() - loss_a.saliency_sum()};
}

std::vector<ParameterSpec> BoundedUpdate::parameters(bool uses_dnn) {
    std::vector<ParameterSpec> all = {
        {"difference-share",
         0.2,
         "weight of plain pixel difference, which keeps the quality up while nothing is detected",
         0,
         1e6,
         {}},
        {"cheaper-step", 0.5, "largest move towards cheap per segment, in values", 0, 1e3, {}},
        {"dearer-step", 1.0, "largest move towards expensive per segment, in values", 0, 1e3, {}},
        Dials::parameter(),
        ReferenceSize::parameter()};
    if (uses_dnn) {
        all.push_back({"floor", 0.05, "utility counts detections with a score above it", 0, 1, {}});
    }
    return all;
}

namespace {

class Bounded final : public ConfigurationScheme {
  public:
    Bounded(const SchemeSetting& setting, bool uses_dnn)
        : update_(setting.space, setting.regions, setting.parameters, setting.goal.price(),
                  uses_dnn) {}

  private:
    Configuration decide(Testbed& /*testbed*/) override { return update_.decide(); }
    void learn(Testbed& testbed, const Played& played) override {
        for (AccGradNote& note : update_.learn(testbed, played.received, testbed.dnn(played.how))) {
            testbed.note(std::move(note));
        }
    }

    BoundedUpdate update_;
};

template <bool kUsesDnn>
std::unique_ptr<Scheme> create(const SchemeSetting& setting) {
    return std::make_unique<Bounded>(setting, kUsesDnn);
}

}  // namespace

SchemeKind oneadapt_bounded() {
    return {.name = "oneadapt-bounded",
            .summary = "OneAdapt's gradient with a bounded, size-aware update",
            .paper = "this project",
            .parameters = BoundedUpdate::parameters(true),
            .create = create<true>};
}

SchemeKind pixel_difference() {
    return {.name = "pixel-difference",
            .summary = "the bounded update on pixel difference, without a DNN",
            .paper = "this project",
            .baseline = true,
            .parameters = BoundedUpdate::parameters(false),
            .create = create<false>};
}

}  // namespace oneadapt
