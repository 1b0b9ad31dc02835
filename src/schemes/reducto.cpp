#include "schemes/reducto.hpp"

#include <algorithm>
#include <numeric>

#include "codec/frame_filter.hpp"
#include "schemes/biased_filter.hpp"
#include "schemes/profiling.hpp"
#include "schemes/threshold_table.hpp"

// Reducto (SIGCOMM'20). Published: the camera drops a frame while the changes of a low-level
// feature since the last one sent stay below a threshold, which it looks up for each segment in a
// table, by how the segment's frames change. The server makes the table from segments that were
// sent whole: the first ones, and all those that resemble none in it; what the DNN said of all
// their frames tells what each threshold would have cost. The feature is chosen once, from the
// first segments.
//
// What is sent is the reference but for the filters, and thresholds are the values of the knobs
// `filter-...` in use (`--values filter-edge=0,0.001,...` for more; 50 were published); where
// several are in use, the feature that drops most at the target is chosen. Segments are those of
// the run, of 1 s (5 s were published): histograms of so few changes lie farther apart, so the
// guard is at the upper end of what was published. Segments sent whole count as all others do.
//
// OneAdapt's authors ran no table: `variant=fixed` keeps frames whose change is so many standard
// deviations above the segment's mean, `variant=profiling` sends every fourth segment whole and
// takes from it the biases for the next three (biased_filter.cpp).

namespace oneadapt {
namespace {

/// What a whole segment teaches of a feature.
struct Lesson {
    std::vector<ThresholdTable::Row> rows;  ///< of each feature
    std::vector<int> kept;                  ///< frames at that threshold, of each feature
};

class Reducto final : public Scheme {
  public:
    explicit Reducto(const SchemeSetting& setting)
        : space_(setting.space),
          filters_(filters_of(setting.space)),
          target_((setting.parameters.number("target") > 0
                       ? setting.parameters.number("target")
                       : target_of_weight(setting.goal.price())) +
                  setting.parameters.number("safe-zone")),
          bootstrap_(setting.parameters.whole("bootstrap")),
          kept_(filters_.size(), 0) {
        const auto neighbours = static_cast<std::size_t>(setting.parameters.whole("neighbours"));
        tables_.assign(filters_.size(),
                       ThresholdTable(neighbours, setting.parameters.number("distance")));
    }

    Delivery play(Testbed& testbed) override {
        const Changes changes = look(testbed);
        learn_what_arrived(testbed);
        if (testbed.segment().index >= bootstrap_) {
            if (!feature_) feature_ = best_feature();
            if (const auto level = tables_[*feature_].find(changes.values[*feature_])) {
                return play_configuration(testbed, at(*feature_, *level)).delivery();
            }
        }
        const Played played = play_configuration(testbed, space_.reference());
        teach(testbed, changes, played);
        return played.delivery();
    }

  private:
    /// From frame to frame, of each feature; empty for one that is no longer looked at.
    struct Changes {
        std::vector<std::vector<double>> values;
    };

    /// The one that has dropped most so far.
    std::size_t best_feature() const {
        return static_cast<std::size_t>(std::ranges::min_element(kept_) - kept_.begin());
    }

    Changes look(Testbed& testbed) const {
        Camera& camera = testbed.camera();
        const int last = testbed.segment().frames - 1;
        Changes changes{std::vector<std::vector<double>>(filters_.size())};
        for (std::size_t f = 0; f < filters_.size(); ++f) {
            if (feature_ && f != *feature_) continue;
            const Change query{space_.knobs()[filters_[f]].name};
            for (const auto& row : camera.read(camera.compute(query, last)).from) {
                changes.values[f].push_back(row.front());
            }
        }
        return changes;
    }

    Configuration at(std::size_t f, std::size_t level) const {
        Indices indices(space_.dimensions(), 0);
        indices[filters_[f]] = level;
        return space_.at(indices);
    }

    /// Of each threshold that it is above the target, the largest; the first where none is.
    void teach(Testbed& testbed, const Changes& changes, const Played& played) {
        Server& server = testbed.server();
        const auto sent = testbed.link().up(testbed.camera().make(changes), bytes_of(changes));
        const std::vector<std::vector<double>>& seen = server.read(sent).values;
        const Repeats worth = server.read(server.repeats(played.output));
        Lesson lesson{std::vector<ThresholdTable::Row>(filters_.size()),
                      std::vector<int>(filters_.size(), 0)};
        for (std::size_t f = 0; f < filters_.size(); ++f) {
            const std::vector<KnobValue>& values = space_.knobs()[filters_[f]].values;
            std::vector<std::vector<double>> steps;
            for (const double change : seen[f]) steps.push_back({change});
            lesson.rows[f].changes = seen[f];
            lesson.kept[f] = testbed.segment().frames;
            for (std::size_t level = 1; level < values.size(); ++level) {
                const std::vector<int> kept = passing_frames({values[level].number()}, steps);
                if (worth.mean(kept) <= target_) continue;
                lesson.rows[f].level = level;
                lesson.kept[f] = static_cast<int>(kept.size());
            }
        }
        taught_.push_back(testbed.link().down(server.make(std::move(lesson)), bytes_of(changes)));
    }

    /// Four for each change, and for what it leads to.
    static std::int64_t bytes_of(const Changes& changes) {
        return std::accumulate(changes.values.begin(), changes.values.end(), std::int64_t{0},
                               [](std::int64_t sum, const std::vector<double>& of_feature) {
                                   return sum + 4 * (std::ssize(of_feature) + 1);
                               });
    }

    void learn_what_arrived(Testbed& testbed) {
        Camera& camera = testbed.camera();
        std::erase_if(taught_, [&](const OnCamera<Lesson>& sent) {
            if (!camera.arrived(sent)) return false;
            const Lesson& lesson = camera.read(sent);
            for (std::size_t f = 0; f < filters_.size(); ++f) {
                if (!lesson.rows[f].changes.empty()) tables_[f].add(lesson.rows[f]);
                if (!feature_) kept_[f] += lesson.kept[f];
            }
            return true;
        });
    }

    const KnobSpace& space_;
    std::vector<std::size_t> filters_;
    double target_;
    int bootstrap_;
    std::vector<int> kept_;               ///< frames of the first segments, of each feature
    std::optional<std::size_t> feature_;  ///< once it is chosen, its place in filters_
    std::vector<ThresholdTable> tables_;
    std::vector<OnCamera<Lesson>> taught_;  ///< on their way down
};

std::vector<ParameterSpec> all_parameters() {
    std::vector<ParameterSpec> parameters = {
        variant_parameter("published or OneAdapt's two baselines", {"fixed", "profiling"}),
        {"target", 0.0, "published: accuracy target; 0 = 1/(1 + weight/4)", 0, 1, {}},
        {"safe-zone", 0.0, "published: added to the target in the table; -0.5 to 0.08", -1, 1, {}},
        {"bootstrap", 5.0, "published: segments sent whole at the start", 1, 1e6, {}},
        {"neighbours", 5.0, "published: rows of the table that are asked", 1, 1e3, {}},
        {"distance",
         4.0,
         "published: sum of their distances above which a segment is sent whole; 0.3 to 6",
         0,
         1e3,
         {}}};
    std::ranges::move(biased_filter_parameters(), std::back_inserter(parameters));
    return parameters;
}

}  // namespace

SchemeKind reducto() {
    return {.name = "reducto",
            .summary = "threshold of a frame filter from a table of how segments change",
            .paper = "Reducto, SIGCOMM'20",
            .claim = "filters 51 to 97 % of the frames",
            .needs = {.filters = true},
            .by_default = false,
            .parameters = all_parameters(),
            .create = [](const SchemeSetting& setting) -> std::unique_ptr<Scheme> {
                const Parameters& parameters = setting.parameters;
                if (parameters.published()) return std::make_unique<Reducto>(setting);
                return biased_filter(setting, parameters.word(kVariant) == "profiling");
            }};
}

}  // namespace oneadapt
