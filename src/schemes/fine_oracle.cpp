#include "schemes/fine_oracle.hpp"

#include <algorithm>
#include <limits>
#include <utility>

#include "schemes/box_regions.hpp"
#include "schemes/dials.hpp"
#include "schemes/oneadapt.hpp"
#include "testbed/foresight.hpp"

// Yardsticks for knobs of which one value for a whole segment, or for all of its frame, is no
// bound. Both know the segment, and measure for nothing what each of a few plans would cost and
// bring; they play the best, or the best of the grid where that is better: so neither is ever worse
// than `oracle`.
//
// `oracle-frames` plans, for each number of frames, those best kept by what the DNN says of all
// frames at the reference configuration: exact where dropping a frame changes nothing in the
// others, as nearly holds.
//
// `oracle-regions` is greedy: regions are ranked by what they would lose at coarser values, by the
// DNN's gradient at the reference configuration of the segment itself, and get theirs by OneAdapt's
// closed form for several shares; and by whether they hold a part of one of its boxes. No search
// among single regions goes on from there.

namespace oneadapt {

std::vector<std::vector<int>> best_frames(const Repeats& worth) {
    const std::size_t frames = worth.frames();
    // until[count][end]: the best sum over frames [0, end) with `count` kept, and the last of them.
    struct Best {
        double sum = -std::numeric_limits<double>::infinity();
        std::size_t last = 0;
    };
    std::vector<std::vector<Best>> until(frames + 1, std::vector<Best>(frames + 1));
    until[0][0].sum = 0;
    for (std::size_t count = 1; count <= frames; ++count) {
        for (std::size_t last = count - 1; last < frames; ++last) {
            double sum = until[count - 1][last].sum;
            for (std::size_t end = last + 1; end <= frames; ++end) {
                sum += worth.accuracy(last, end - 1);
                if (sum > until[count][end].sum) until[count][end] = {sum, last};
            }
        }
    }
    std::vector<std::vector<int>> all;
    for (std::size_t count = 1; count <= frames; ++count) {
        std::vector<int> kept;
        std::size_t end = frames;
        for (std::size_t left = count; left > 0; --left) {
            end = until[left][end].last;
            kept.push_back(static_cast<int>(end));
        }
        std::ranges::reverse(kept);
        all.push_back(std::move(kept));
    }
    return all;
}

namespace {

/// Plays the best of the plans that it is told of and of the grid.
class FineOracle : public Scheme {
  public:
    explicit FineOracle(const SchemeSetting& setting)
        : hindsight_(*setting.hindsight), weight_(setting.goal.price()) {}

    void foresee(Foresight& segment) final {
        const auto now = static_cast<std::size_t>(segment.segment().index);
        const std::size_t place = hindsight_.best(now, now + 1, weight_);
        best_ = EncodePlan(hindsight_.grid[place]);
        played_ = hindsight_.grid[place];
        double objective = hindsight_.objective(now, place, weight_);
        for (EncodePlan& plan : plans(segment)) {
            const Foresight::Outcome outcome = segment.outcome(plan);
            const double other = outcome.accuracy - weight_ * outcome.cost;
            if (other <= objective) continue;
            objective = other;
            played_ = plan.how;
            best_ = std::move(plan);
        }
    }

    Delivery play(Testbed& testbed) final {
        const auto received = testbed.link().up(testbed.camera().encode(best_));
        return Delivery::of(testbed.server().infer(received, testbed.dnn(played_)), played_);
    }

  private:
    virtual std::vector<EncodePlan> plans(Foresight& segment) const = 0;

    const Hindsight& hindsight_;
    double weight_;
    EncodePlan best_;
    Configuration played_;
};

class OracleFrames final : public FineOracle {
  public:
    explicit OracleFrames(const SchemeSetting& setting)
        : FineOracle(setting), whole_(setting.space.reference()) {}

  private:
    std::vector<EncodePlan> plans(Foresight& segment) const override {
        std::vector<EncodePlan> all;
        for (std::vector<int>& kept : best_frames(segment.repeats())) {
            if (std::ssize(kept) == segment.segment().frames) continue;  // the reference
            all.emplace_back(whole_, std::nullopt, std::move(kept));
        }
        return all;
    }

    Configuration whole_;
};

class OracleRegions final : public FineOracle {
  public:
    explicit OracleRegions(const SchemeSetting& setting)
        : FineOracle(setting), space_(setting.space), dials_(setting.space, setting.regions, 0) {}

  private:
    std::vector<EncodePlan> plans(Foresight& segment) const override {
        std::vector<EncodePlan> all;
        for (std::size_t k = 0; k < space_.dimensions(); ++k) {
            if (dials_.of_knob(k).regional) add_by_gradient(segment, k, all);
        }
        add_by_boxes(segment, all);
        return all;
    }

    void add_by_gradient(Foresight& segment, std::size_t knob, std::vector<EncodePlan>& all) const {
        constexpr double kFloor = 0.05;  // that of the bounded update
        constexpr double kShares[] = {0.02, 0.05, 0.1, 0.2, 0.35, 0.5, 0.75};
        const auto gradient = segment.gradient(kFloor);
        const Dials::Range dials = dials_.of_knob(knob);
        Indices indices(dials_.count(), 0);
        const auto set = [&](std::size_t dial, std::size_t level) {
            indices[dials.first + dial] = level;
        };
        Levels levels;
        for (std::size_t level = 0; level < space_.knobs()[knob].size(); ++level) {
            for (std::size_t dial = 0; dial < dials.size(); ++dial) set(dial, level);
            const Configuration how = dials_.at(indices);
            levels.cost.push_back(segment.cost(how));
            levels.loss.push_back(
                dials_.parts(knob, gradient->saliency, segment.encoding(how)->difference));
        }
        for (const double share : kShares) {
            const std::vector<std::size_t> chosen = allot(levels, share);
            for (std::size_t dial = 0; dial < dials.size(); ++dial) set(dial, chosen[dial]);
            all.emplace_back(dials_.at(indices));
        }
    }

    /// Any two values, inside and outside of the boxes grown by a tile; where there are none, each
    /// region lies outside.
    void add_by_boxes(Foresight& segment, std::vector<EncodePlan>& all) const {
        const RegionMask mask =
            box_regions(segment.reference(), segment.threshold(), 1, segment.regions());
        if (std::ranges::find(mask, true) == mask.end()) return;
        std::size_t values = 0;
        for (const Knob& knob : space_.knobs()) {
            if (find_knob(knob.name).regional()) values = knob.size();
        }
        for (std::size_t inside = 0; inside < values; ++inside) {
            for (std::size_t outside = inside + 1; outside < values; ++outside) {
                all.emplace_back(two_levels(space_, mask, inside, outside));
            }
        }
    }

    const KnobSpace& space_;
    Dials dials_;
};

template <class T>
std::unique_ptr<Scheme> create_fine(const SchemeSetting& setting) {
    return std::make_unique<T>(setting);
}

}  // namespace

SchemeKind oracle_frames() {
    return {
        .name = "oracle-frames",
        .summary = "best frames of each segment, known in advance: exact for each number of them",
        .paper = "-",
        .needs = {.filters = true, .grid = true, .hindsight = true},
        .by_default = false,
        .create = create_fine<OracleFrames>};
}

SchemeKind oracle_regions() {
    return {.name = "oracle-regions",
            .summary = "values of each region of each segment, known in advance: greedy",
            .paper = "-",
            .needs = {.regions = true, .grid = true, .hindsight = true},
            .by_default = false,
            .create = create_fine<OracleRegions>};
}

}  // namespace oneadapt
