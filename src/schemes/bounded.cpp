#include "schemes/bounded.hpp"

#include <algorithm>
#include <cmath>

#include <opencv2/core.hpp>

#include "schemes/reference_size.hpp"

namespace oneadapt {
namespace {

/// Mean of all values seen so far.
class LongRunMean {
  public:
    void add(double value) {
        ++count_;
        mean_ += (value - mean_) / count_;
    }
    /// `value` in units of the mean; 0 while the mean is 0.
    double relative(double value) const { return mean_ > 0 ? value / mean_ : 0.0; }

  private:
    double count_ = 0;
    double mean_ = 0;
};

class Bounded final : public ConfigurationScheme {
  public:
    Bounded(const SchemeSetting& setting, bool uses_dnn)
        : space_(setting.space),
          weight_(setting.weight),
          uses_dnn_(uses_dnn),
          floor_(uses_dnn ? setting.parameters.number("floor") : 0.0),
          difference_share_(setting.parameters.number("difference-share")),
          cheaper_step_(setting.parameters.number("cheaper-step")),
          dearer_step_(setting.parameters.number("dearer-step")),
          reference_(setting.parameters.whole("reference-every")) {
        for (const Knob& knob : space_.knobs()) {
            places_.push_back(static_cast<double>(knob.size() - 1) / 2.0);
        }
    }

  private:
    /// What a configuration loses: R(c) by the DNN's saliency, D(c) by pixels alone.
    struct Loss {
        double saliency = 0;
        double difference = 0;
    };

    Configuration decide(Testbed& /*testbed*/) override {
        Indices indices;
        for (const double place : places_) {
            indices.push_back(static_cast<std::size_t>(std::lround(place)));
        }
        return space_.at(indices);
    }

    Loss loss(const cv::Mat& saliency, const Encoding& encoding) const {
        constexpr double kTilePixels = kTileSize * kTileSize;
        const cv::Mat& d = encoding.difference;
        const double mean = cv::mean(d)[0];
        const double weighed = uses_dnn_ ? saliency.dot(d) : static_cast<double>(d.total()) * mean;
        return {kTilePixels * weighed, mean};
    }

    double relative(const Loss& loss) const {
        return saliency_mean_.relative(loss.saliency) +
               difference_share_ * difference_mean_.relative(loss.difference);
    }

    void learn(Testbed& testbed, const Configuration& played,
               const OutputPtr& /*output*/) override {
        cv::Mat saliency;
        if (uses_dnn_) {
            const GradientPtr gradient = testbed.gradient(played, floor_);
            testbed.feedback(saliency_bytes(*gradient));
            saliency = gradient->saliency;
        }
        for (std::size_t k = 0; k < space_.dimensions(); ++k) {
            if (space_.knobs()[k].size() > 1) move(testbed, played, k, saliency);
        }
    }

    void move(Testbed& testbed, const Configuration& played, std::size_t k,
              const cv::Mat& saliency) {
        const std::size_t last = space_.knobs()[k].size() - 1;
        Indices dear = space_.indices(played);
        Indices cheap = dear;
        dear[k] = std::min(static_cast<std::size_t>(places_[k]), last - 1);
        cheap[k] = dear[k] + 1;
        const Configuration from = space_.at(dear);
        const Configuration to = space_.at(cheap);
        const EncodingPtr a = testbed.encode(from);
        const EncodingPtr e = testbed.encode(to);
        const Loss loss_a = loss(saliency, *a);
        const Loss loss_e = loss(saliency, *e);
        for (const Loss& each : {loss_a, loss_e}) {
            saliency_mean_.add(each.saliency);
            difference_mean_.add(each.difference);
        }
        const double lost = relative(loss_e) - relative(loss_a);
        const double saved = weight_ * reference_.saved(testbed, from, to);
        const double pull = (saved - lost) / (std::abs(saved) + std::abs(lost) + 1e-12);
        places_[k] += pull * (pull > 0 ? cheaper_step_ : dearer_step_);
        places_[k] = std::clamp(places_[k], 0.0, static_cast<double>(last));
        testbed.note({space_.knobs()[k].name, from, to, loss_e.saliency - loss_a.saliency});
    }

    const KnobSpace& space_;
    double weight_;
    bool uses_dnn_;
    double floor_;
    double difference_share_;
    double cheaper_step_;
    double dearer_step_;
    ReferenceSize reference_;
    std::vector<double> places_;  ///< index position of each knob, 0 = most expensive
    LongRunMean saliency_mean_;
    LongRunMean difference_mean_;
};

std::vector<ParameterSpec> shared_parameters() {
    return {
        {"difference-share",
         0.2,
         "weight of plain pixel difference, which keeps the quality up while nothing is detected",
         0,
         1e6,
         {}},
        {"cheaper-step", 0.5, "largest move towards cheap per segment, in values", 0, 1e3, {}},
        {"dearer-step", 1.0, "largest move towards expensive per segment, in values", 0, 1e3, {}},
        ReferenceSize::parameter()};
}

template <bool kUsesDnn>
std::unique_ptr<Scheme> create(const SchemeSetting& setting) {
    return std::make_unique<Bounded>(setting, kUsesDnn);
}

}  // namespace

SchemeKind oneadapt_bounded() {
    std::vector<ParameterSpec> parameters = shared_parameters();
    parameters.push_back(
        {"floor", 0.05, "utility counts detections with a score above it", 0, 1, {}});
    return {"oneadapt-bounded", "OneAdapt's gradient with a bounded, size-aware update",
            "this project",     SchemeUse::adaptive,
            parameters,         create<true>};
}

SchemeKind pixel_difference() {
    return {"pixel-difference",  "the bounded update on pixel difference, without a DNN",
            "this project",      SchemeUse::adaptive,
            shared_parameters(), create<false>};
}

}  // namespace oneadapt
