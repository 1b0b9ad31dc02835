#include "schemes/oneadapt.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <numeric>

#include "schemes/dials.hpp"
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

std::vector<std::size_t> allot(const Levels& levels, double dear_share) {
    const std::vector<double>& dearest = levels.loss.front();
    const std::vector<double>& cheapest = levels.loss.back();
    std::vector<double> gains(dearest.size());
    std::ranges::transform(cheapest, dearest, gains.begin(), std::minus<>());
    std::ranges::sort(gains, std::greater<>());
    const auto rank = static_cast<std::size_t>(dear_share * static_cast<double>(gains.size()));
    const double last_gain = gains.at(std::clamp<std::size_t>(rank, 1, gains.size()) - 1);
    const double span = 1.0 - levels.cost.back() / levels.cost.front();
    const double price = dear_share < 1 && span > 0 ? last_gain / span : 0.0;

    std::vector<std::size_t> chosen(dearest.size(), 0);
    for (std::size_t region = 0; region < chosen.size(); ++region) {
        const auto total = [&](std::size_t level) {
            return levels.loss[level][region] + price * levels.cost[level] / levels.cost.front();
        };
        for (std::size_t level = 1; level < levels.cost.size(); ++level) {
            if (total(level) <= total(chosen[region])) chosen[region] = level;
        }
    }
    return chosen;
}

namespace {

class OneAdapt final : public ConfigurationScheme {
  public:
    explicit OneAdapt(const SchemeSetting& setting)
        : space_(setting.space),
          dials_(setting.space, setting.regions, setting.parameters.whole("blocks")),
          by_region_(setting.parameters.whole("blocks") == 0),
          weight_(setting.goal.price() * setting.parameters.number("weight-scale")),
          dear_share_(1.0 /
                      (1.0 + setting.goal.price() * setting.parameters.number("share-scale"))),
          filter_weight_(setting.goal.price()),
          gain_(setting.parameters.number("gain")),
          floor_(setting.parameters.number("floor")),
          frequency_(setting.parameters.whole("frequency")),
          positions_(dials_.count(), setting.parameters.number("lr"),
                     setting.parameters.number("beta")),
          applied_(dials_.count(), 0),
          reference_(setting.parameters.whole("reference-every")) {
        for (const Knob& knob : space_.knobs())
            filters_.push_back(find_knob(knob.name).drops == Drops::by_content);
    }

  private:
    Configuration decide(Testbed& /*testbed*/) override { return dials_.at(applied_); }

    /// What is tried of a knob, the others as applied: configurations from dear to cheap.
    struct Trial {
        std::size_t knob = 0;
        bool all_levels =
            false;  ///< every value of the knob, else the applied one and its neighbour
        std::vector<Configuration> how = {};
        std::vector<std::shared_ptr<const Encoding>> encodings = {};
    };

    void learn(Testbed& testbed, const Played& played) override {
        if (testbed.segment().index % frequency_ != 0) return;
        const auto made =
            testbed.server().gradient(played.received, testbed.dnn(played.how), floor_);
        const auto sent = testbed.link().down(made, saliency_bytes(testbed.server().read(made)));
        // The camera encodes while the gradient is on its way.
        std::vector<Trial> trials;
        for (std::size_t k = 0; k < space_.dimensions(); ++k) {
            if (space_.knobs()[k].size() > 1) trials.push_back(encode(testbed, k));
        }
        const DnnGrad& gradient = testbed.camera().read(sent);
        std::vector<double> slopes(dials_.count(), 0.0);
        Indices next = applied_;
        for (const Trial& trial : trials) {
            const std::size_t first = dials_.of_knob(trial.knob).first;
            if (!trial.all_levels) {
                find_slopes(testbed, trial, gradient, slopes);
            } else if (filters_[trial.knob]) {
                next[first] = choose_filter(levels_of(testbed, trial, gradient));
            } else {
                std::ranges::copy(allot(levels_of(testbed, trial, gradient), dear_share_),
                                  next.begin() + static_cast<std::ptrdiff_t>(first));
            }
        }
        positions_.step(slopes);
        for (std::size_t d = 0; d < dials_.count(); ++d) {
            applied_[d] = chosen_from_levels(dials_.knob(d))
                              ? next[d]
                              : positions_.index(d, dials_.values(d));
        }
    }

    /// Whether a knob's dials are chosen from all levels, not moved along their slopes: frame
    /// filters, and regions by the closed form unless they are tuned in blocks.
    bool chosen_from_levels(std::size_t k) const {
        return filters_[k] || (by_region_ && dials_.of_knob(k).regional);
    }

    Trial encode(Testbed& testbed, std::size_t k) {
        Trial trial{.knob = k, .all_levels = chosen_from_levels(k)};
        const Dials::Range dials = dials_.of_knob(k);
        const std::size_t count = trial.all_levels ? space_.knobs()[k].size() : 2;
        for (std::size_t level = 0; level < count; ++level) {
            Indices tried = applied_;
            for (std::size_t d = dials.first; d < dials.last; ++d) {
                tried[d] = trial.all_levels ? level : applied_[d] + level;
            }
            trial.how.push_back(dials_.at(tried));
            Camera& camera = testbed.camera();
            trial.encodings.push_back(camera.read(camera.encode(trial.how.back())).encoding);
        }
        return trial;
    }

    /// rec(c): mean over frames and pixels of saliency x |X_c - X_source| (as its authors implement
    /// it), split between the dials of a knob.
    std::vector<double> loss(std::size_t knob, const DnnGrad& gradient,
                             const Encoding& encoding) const {
        std::vector<double> parts = dials_.parts(knob, gradient.saliency, encoding.difference);
        for (double& part : parts) part *= gain_;
        return parts;
    }

    /// d loss / d position of a knob's dials, from one neighbour that has all of them a value
    /// cheaper. Each block is taken to save its share of the bytes.
    void find_slopes(Testbed& testbed, const Trial& trial, const DnnGrad& gradient,
                     std::vector<double>& slopes) {
        const std::size_t k = trial.knob;
        const Dials::Range dials = dials_.of_knob(k);
        const Encoding& dear = *trial.encodings.front();
        const Encoding& cheap = *trial.encodings.back();
        if (dear.difference.largest_distance(cheap.difference) <= kSame) return;
        const std::vector<double> loss_dear = loss(k, gradient, dear);
        const std::vector<double> loss_cheap = loss(k, gradient, cheap);
        const double saved = weight_ * testbed.loss_scale() *
                             reference_.saved(testbed, trial.how.front(), trial.how.back()) /
                             static_cast<double>(dials.size());
        double lost = 0;
        for (std::size_t i = 0; i < dials.size(); ++i) {
            slopes[dials.first + i] = (loss_dear[i] - loss_cheap[i] + saved) / space_.step(k);
            lost += loss_cheap[i] - loss_dear[i];
        }
        testbed.note({space_.knobs()[k].name, trial.how.front(), trial.how.back(), lost});
    }

    /// What each value of a knob loses, and costs in units of the dearest.
    Levels levels_of(Testbed& testbed, const Trial& trial, const DnnGrad& gradient) {
        Levels levels;
        Camera& camera = testbed.camera();
        const Ledger dearest = camera.demand(trial.how.front());
        for (std::size_t level = 0; level < trial.how.size(); ++level) {
            const Ledger demand = camera.demand(trial.how[level]);
            levels.cost.push_back(testbed.prices().cost(demand, dearest));
            levels.loss.push_back(loss(trial.knob, gradient, *trial.encodings[level]));
            if (level == 0) continue;
            testbed.note({space_.knobs()[trial.knob].name, trial.how[level - 1], trial.how[level],
                          levels.whole(level) - levels.whole(level - 1)});
        }
        return levels;
    }

    /// The frame filter's variant (the authors' variant): of all thresholds the one with the least
    /// log10(loss) + weight x relative cost, the cheaper of equals. The authors' loss leaves out
    /// what the codec changes, so that a threshold that drops nothing has log10(0); with it, none
    /// has.
    std::size_t choose_filter(const Levels& levels) const {
        constexpr double kNothing = 1e-15;  // no DNNGrad, no loss
        std::size_t best = 0;
        double least = std::numeric_limits<double>::infinity();
        for (std::size_t level = 0; level < levels.cost.size(); ++level) {
            const double objective = std::log10(levels.whole(level) + kNothing) +
                                     filter_weight_ * levels.cost[level] / levels.cost.front();
            if (objective > least) continue;
            least = objective;
            best = level;
        }
        return best;
    }

    /// The authors skip a knob whose neighbour decodes to the same pictures (mean difference up to
    /// 1e-5); equal pictures have equal difference maps.
    static constexpr double kSame = 1e-5;

    const KnobSpace& space_;
    Dials dials_;
    std::vector<bool> filters_;  ///< of each knob: KnobKind::filters
    bool by_region_;             ///< regional knobs by the closed form, not in blocks
    double weight_;
    double dear_share_;
    double filter_weight_;
    double gain_;
    double floor_;
    int frequency_;
    AdamPositions positions_;
    Indices applied_;  ///< of each dial
    ReferenceSize reference_;
};

}  // namespace

SchemeKind oneadapt() {
    return {
        .name = "oneadapt",
        .summary = "gradient ascent on all knobs at once, the published update",
        .paper = "OneAdapt, SoCC'23",
        .claim = "15 to 59 % less bandwidth or GPU, or 1 to 5 % more accuracy",
        .parameters =
            {{"lr", 0.5, "Adam's learning rate; 0.5 in the published batch scripts", 1e-6, 10, {}},
             {"beta", 0.5, "both of Adam's betas", 0, 0.999999, {}},
             {"gain", 0.5e7, "factor of the reconstruction term", 0, 1e15, {}},
             {"weight-scale",
              1.0,
              "cost term = weight x this x the DNN's loss_scale x relative cost",
              0,
              1e15,
              {}},
             {"floor", 0.3, "utility counts detections with a score above it", 0, 1, {}},
             {"frequency", 1.0, "segments per update", 1, 1e6, {}},
             {"share-scale",
              1.6,
              "of a regional knob's regions the share 1 / (1 + weight x this) keeps the best value",
              0,
              1e12,
              {}},
             Dials::parameter(),
             ReferenceSize::parameter()},
        .create = [](const SchemeSetting& setting) -> std::unique_ptr<Scheme> {
            return std::make_unique<OneAdapt>(setting);
        }};
}

}  // namespace oneadapt
