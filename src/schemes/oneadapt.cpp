#include "schemes/oneadapt.hpp"

#include <algorithm>
#include <cmath>

#include <opencv2/core.hpp>

#include "schemes/reference_size.hpp"

namespace oneadapt {

AdamPositions::AdamPositions(std::size_t knobs, double learning_rate, double beta)
    : learning_rate_(learning_rate),
      beta_(beta),
      positions_(knobs, 1.0),
      mean_(knobs, 0.0),
      square_(knobs, 0.0) {}

void AdamPositions::step(const std::vector<double>& loss_gradient) {
    constexpr double kEpsilon = 1e-8;
    constexpr double kLowest = 1e-7;
    ++steps_;
    const double correction = 1.0 - std::pow(beta_, steps_);
    for (std::size_t k = 0; k < positions_.size(); ++k) {
        const double g = loss_gradient.at(k);
        mean_[k] = beta_ * mean_[k] + (1.0 - beta_) * g;
        square_[k] = beta_ * square_[k] + (1.0 - beta_) * g * g;
        const double move =
            (mean_[k] / correction) / (std::sqrt(square_[k] / correction) + kEpsilon);
        positions_[k] = std::clamp(positions_[k] - learning_rate_ * move, kLowest, 1.0);
    }
}

std::size_t AdamPositions::index(std::size_t knob, std::size_t n) const {
    if (n < 2) return 0;
    const double steps = (1.0 - positions_.at(knob)) * static_cast<double>(n - 1);
    return std::min(static_cast<std::size_t>(steps), n - 2);
}

namespace {

class OneAdapt final : public ConfigurationScheme {
  public:
    explicit OneAdapt(const SchemeSetting& setting)
        : space_(setting.space),
          weight_(setting.weight * setting.parameters.number("weight-scale")),
          gain_(setting.parameters.number("gain")),
          floor_(setting.parameters.number("floor")),
          frequency_(setting.parameters.whole("frequency")),
          positions_(space_.dimensions(), setting.parameters.number("lr"),
                     setting.parameters.number("beta")),
          reference_(setting.parameters.whole("reference-every")) {}

  private:
    Indices applied() const {
        Indices indices;
        for (std::size_t k = 0; k < space_.dimensions(); ++k) {
            indices.push_back(positions_.index(k, space_.knobs()[k].size()));
        }
        return indices;
    }

    Configuration decide(Testbed& /*testbed*/) override { return space_.at(applied()); }

    /// rec(c): mean over frames and pixels of saliency x |X_c - X_source| (schemes.md, 1.1).
    static double reconstruction(const Gradient& gradient, const Encoding& encoding) {
        return cv::mean(gradient.saliency.mul(encoding.difference))[0];
    }

    void learn(Testbed& testbed, const Configuration& played,
               const OutputPtr& /*output*/) override {
        if (testbed.segment().index % frequency_ != 0) return;
        const GradientPtr gradient = testbed.gradient(played, floor_);
        testbed.feedback(saliency_bytes(*gradient));
        const EncodingPtr dear = testbed.encode(played);
        std::vector<double> slopes(space_.dimensions(), 0.0);
        for (std::size_t k = 0; k < space_.dimensions(); ++k) {
            if (space_.knobs()[k].size() < 2) continue;
            Indices cheaper = space_.indices(played);
            ++cheaper[k];
            const Configuration neighbour = space_.at(cheaper);
            const EncodingPtr cheap = testbed.encode(neighbour);
            if (cv::norm(dear->difference, cheap->difference, cv::NORM_INF) <= kSame) continue;
            const double loss_dear = gain_ * reconstruction(*gradient, *dear);
            const double loss_cheap = gain_ * reconstruction(*gradient, *cheap);
            const double saved = weight_ * reference_.saved(testbed, played, neighbour);
            slopes[k] = (loss_dear - loss_cheap + saved) / space_.step(k);
            testbed.note({space_.knobs()[k].name, played, neighbour, loss_cheap - loss_dear});
        }
        positions_.step(slopes);
    }

    /// The authors skip a knob whose neighbour decodes to the same pictures (mean difference up to
    /// 1e-5); equal pictures have equal difference maps.
    static constexpr double kSame = 1e-5;

    const KnobSpace& space_;
    double weight_;
    double gain_;
    double floor_;
    int frequency_;
    AdamPositions positions_;
    ReferenceSize reference_;
};

}  // namespace

SchemeKind oneadapt() {
    return {"oneadapt",
            "gradient ascent on all knobs at once, the published update",
            "OneAdapt, SoCC'23",
            SchemeUse::adaptive,
            {{"lr", 0.5, "Adam's learning rate; 0.5 in the published batch scripts", 1e-6, 10, {}},
             {"beta", 0.5, "both of Adam's betas", 0, 0.999999, {}},
             {"gain", 0.5e7, "factor of the reconstruction term", 0, 1e15, {}},
             {"weight-scale", 1e4, "cost term = weight x this x relative cost", 0, 1e15, {}},
             {"floor", 0.3, "utility counts detections with a score above it", 0, 1, {}},
             {"frequency", 1.0, "segments per update", 1, 1e6, {}},
             ReferenceSize::parameter()},
            [](const SchemeSetting& setting) -> std::unique_ptr<Scheme> {
                return std::make_unique<OneAdapt>(setting);
            }};
}

}  // namespace oneadapt
