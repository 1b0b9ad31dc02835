#include "schemes/calibrated.hpp"

#include <algorithm>
#include <cmath>
#include <deque>
#include <limits>
#include <optional>

#include "schemes/likely_regions.hpp"
#include "schemes/loss_scale.hpp"
#include "schemes/region_masks.hpp"

// A scheme of this project (experiments/beyond.md has how it came about). What the camera sees of a
// choice is how much it changes the pictures and what it costs. What it does not see is what that
// change costs in accuracy; the server measures it: it encodes what it has received once more,
// cheaply, runs the DNN on that too, and compares. So the loss of a choice is a scale, measured
// lately, times the difference that the choice makes in the segment at hand.
//
// What is turned is a dial: a knob, or of a knob with a value for each region one dial for where
// objects are likely, by the last result moved on, and one for the rest. A knob that chooses the
// DNN changes no picture: the server runs all of them on a frame now and then, and the loss is
// their mean distance from the first.

namespace oneadapt {
namespace {

/// What a knob's value applies to.
enum class Part { all, likely, rest };

/// Something to turn, and what turning it is known to do.
struct Turned {
    std::size_t knob = 0;
    Part part = Part::all;
    bool chooses_dnn = false;
    std::size_t place = 0;
    LossScale scale;
    std::vector<double> lost = {};  ///< of a dial that chooses a DNN, by value
    int measurements = 0;
    int unmeasured = 0;  ///< segments since the last of them
};

/// What the server tells the camera: what was measured, and where objects are likely.
struct Told {
    struct Loss {
        std::size_t dial = 0;
        double loss = 0;
        double difference = 0;
    };
    std::vector<Loss> losses;
    std::vector<std::pair<std::size_t, std::vector<double>>> of_dnns;  ///< by dial
    std::optional<RegionMask> likely;
    std::int64_t bytes = 0;
};

class Calibrated final : public ConfigurationScheme {
  public:
    explicit Calibrated(const SchemeSetting& setting)
        : space_(setting.space),
          regions_(setting.regions),
          weight_(setting.goal.price()),
          anchor_(setting.parameters.number("anchor")),
          reach_(setting.parameters.whole("reach")),
          threshold_(setting.parameters.number("threshold")),
          margin_(setting.parameters.number("margin")),
          share_(setting.parameters.number("share")),
          every_(setting.parameters.whole("dnns-every")),
          explore_(setting.parameters.whole("explore")),
          rate_(setting.parameters.number("rate")),
          likely_(static_cast<std::size_t>(regions_.size.area()), true) {
        const LossScale::Settings scale{.power = setting.parameters.number("power"),
                                        .memory = setting.parameters.number("memory"),
                                        .prior = setting.parameters.number("prior")};
        for (std::size_t k = 0; k < space_.dimensions(); ++k) {
            const Knob& knob = space_.knobs()[k];
            if (knob.size() < 2) continue;
            const KnobKind& kind = find_knob(knob.name);
            if (kind.regional()) {
                dials_.push_back({.knob = k, .part = Part::likely, .scale = LossScale(scale)});
                dials_.push_back({.knob = k, .part = Part::rest, .scale = LossScale(scale)});
            } else {
                dials_.push_back({.knob = k,
                                  .chooses_dnn = kind.acts_on == ActsOn::server,
                                  .scale = LossScale(scale)});
            }
        }
    }

  private:
    // --- on the camera
    Configuration decide(Testbed& testbed) override {
        testbed.camera().wait_for(testbed.segment().frames - 1);
        for (Turned& dial : dials_) ++dial.unmeasured;
        for (; !told_.empty() && testbed.camera().arrived(told_.front()); told_.pop_front()) {
            take_in(testbed.camera().read(told_.front()));
        }
        add_reference(testbed);
        for (Turned& dial : dials_) turn(testbed, dial);
        return at_places();
    }

    void take_in(const Told& told) {
        for (const Told::Loss& each : told.losses) {
            Turned& dial = dials_[each.dial];
            dial.scale.measured(each.loss, each.difference);
            dial.unmeasured = 0;
            ++dial.measurements;
        }
        for (const auto& [dial, lost] : told.of_dnns) {
            std::vector<double>& mean = dials_[dial].lost;
            constexpr double kNew = 0.1;
            if (mean.empty()) mean = lost;
            for (std::size_t v = 0; v < lost.size(); ++v) mean[v] += kNew * (lost[v] - mean[v]);
        }
        if (told.likely) likely_ = *told.likely;
    }

    /// The cheapest value that a dial may take. At its last one nothing cheaper is there to measure
    /// a loss with, so it is kept for a dial whose scale is known and was measured lately.
    std::size_t cheapest(const Turned& dial) const {
        constexpr int kKnown = 5;  // measurements, of which one may be a freak
        const std::size_t last = space_.knobs()[dial.knob].size() - 1;
        const bool may =
            dial.chooses_dnn || (dial.measurements >= kKnown && dial.unmeasured < explore_);
        return may ? last : last - 1;
    }

    /// Puts a dial where loss and price together are least, the others being where they are.
    void turn(Testbed& testbed, Turned& dial) {
        if (dial.chooses_dnn ? dial.lost.empty() : !dial.scale.known()) return;
        const auto reach = static_cast<std::size_t>(reach_);
        const std::size_t beyond = std::min(cheapest(dial), dial.place + reach);
        const std::size_t first = std::min(dial.place > reach ? dial.place - reach : 0, beyond);
        const Configuration dearest = with(dial, 0);
        const double there = dial.chooses_dnn ? 0 : difference(testbed, dial, dearest);
        double least = std::numeric_limits<double>::infinity();
        std::size_t best = first;
        for (std::size_t v = first; v <= beyond; ++v) {
            const Configuration how = with(dial, v);
            const double lost =
                dial.chooses_dnn ? dial.lost[v]
                                 : dial.scale.loss(between(difference(testbed, dial, how), there));
            const double paid =
                testbed.prices().difference(testbed.camera().demand(how),
                                            testbed.camera().demand(dearest), references_) *
                segments_;
            const double objective = lost + weight_ * paid;
            if (objective < least) {
                least = objective;
                best = v;
            }
        }
        dial.place = best;
    }

    /// The mean difference over the frame of what a configuration changes in a dial's part of it.
    double difference(Testbed& testbed, const Turned& dial, const Configuration& how) const {
        Camera& camera = testbed.camera();
        return part_of(camera.read(camera.encode(how)).encoding->difference, dial.part);
    }

    /// How far pictures are from those of a dearer value, both differences being to the source:
    /// what the dearer one loses the cheaper one loses too, and what it loses beyond that is
    /// independent.
    static double between(double cheaper, double dearer) {
        return std::sqrt(std::max(0.0, cheaper * cheaper - dearer * dearer));
    }

    double part_of(const TileMap& map, Part part) const {
        if (part == Part::all) return map.mean();
        const cv::Mat& tiles = map.tiles();
        double sum = 0;
        for (int row = 0; row < tiles.rows; ++row) {
            for (int column = 0; column < tiles.cols; ++column) {
                const auto region = static_cast<std::size_t>(regions_.of_tile.at<int>(row, column));
                if (likely_[region] == (part == Part::likely)) {
                    sum += static_cast<double>(tiles.at<float>(row, column));
                }
            }
        }
        return sum / static_cast<double>(tiles.total());
    }

    /// Adds what a price of 1 is of in this segment: the reference, its bytes those of `rate_`
    /// where one price for a byte holds on all cameras.
    void add_reference(Testbed& testbed) {
        const Ledger reference = testbed.camera().demand(space_.reference());
        constexpr double kBytesPerKbit = 125;
        references_.uplink_bytes +=
            rate_ > 0 ? std::llround(rate_ * kBytesPerKbit * testbed.segment().duration.value)
                      : reference.uplink_bytes;
        references_.gflop += reference.gflop;
        references_.energy_j += reference.energy_j;
        ++segments_;
    }

    /// The configuration with every dial at its place.
    Configuration at_places() const {
        std::vector<std::size_t> places;
        for (const Turned& dial : dials_) places.push_back(dial.place);
        return made(places);
    }

    /// The same, but for one dial.
    Configuration with(const Turned& dial, std::size_t place) const {
        std::vector<std::size_t> places;
        for (const Turned& each : dials_) places.push_back(&each == &dial ? place : each.place);
        return made(places);
    }

    Configuration made(const std::vector<std::size_t>& places) const {
        Configuration how = space_.reference();
        for (std::size_t d = 0; d < dials_.size(); ++d) {
            const Knob& knob = space_.knobs()[dials_[d].knob];
            const KnobValue& value = knob.values[places[d]];
            if (dials_[d].part == Part::all) {
                how.set(knob.name, value);
            } else if (dials_[d].part == Part::likely) {
                std::vector<double> values;
                const double rest = knob.values[places[d + 1]].number();
                for (const bool likely : likely_) values.push_back(likely ? value.number() : rest);
                how.set_regions(knob.name, std::move(values));
            }
        }
        return how;
    }

    // --- on the server
    void learn(Testbed& testbed, const Played& played) override {
        Told told;
        for (std::size_t tried = 0; tried < dials_.size(); ++tried) {
            const std::size_t d = next_++ % dials_.size();
            if (measure(testbed, played, d, told) && segments_ > 1) break;
        }
        if (testbed.segment().index % every_ == 0) compare_dnns(testbed, played, told);
        if (regional()) look_for_objects(testbed, played, told);
        const std::int64_t bytes = told.bytes;
        if (bytes > 0) {
            told_.push_back(testbed.link().down(testbed.server().make(std::move(told)), bytes));
        }
    }

    bool regional() const {
        return std::ranges::any_of(dials_,
                                   [](const Turned& dial) { return dial.part != Part::all; });
    }

    /// Measures what a cheap value of a dial loses against what was played.
    bool measure(Testbed& testbed, const Played& played, std::size_t d, Told& told) const {
        const Turned& dial = dials_[d];
        const std::size_t last = space_.knobs()[dial.knob].size() - 1;
        if (dial.chooses_dnn || dial.place == last) return false;
        const auto anchor =
            static_cast<std::size_t>(std::lround(anchor_ * static_cast<double>(last)));
        const std::size_t cheap = std::max(dial.place + 1, anchor);
        std::vector<std::size_t> places(dials_.size(), 0);
        places[d] = cheap;
        Server& server = testbed.server();
        const auto again = server.transcode(played.received, made(places));
        const Transcoding& transcoding = server.read(again);
        const auto output =
            server.infer(server.make(Received(transcoding.received)), testbed.dnn(played.how));
        const double difference = part_of(transcoding.difference, dial.part);
        const double loss = 1 - server.read(server.agreement(output, played.output));
        // Where nothing changes nothing can be lost, whatever re-encoding the rest did.
        told.losses.push_back({d, difference > 0 ? loss : 0, difference});
        told.bytes += 12;
        return true;
    }

    /// Runs every DNN that a dial chooses from on the last frame.
    void compare_dnns(Testbed& testbed, const Played& played, Told& told) const {
        Server& server = testbed.server();
        for (std::size_t d = 0; d < dials_.size(); ++d) {
            if (!dials_[d].chooses_dnn) continue;
            std::vector<OnServer<Output>> said;
            for (std::size_t v = 0; v < space_.knobs()[dials_[d].knob].size(); ++v) {
                constexpr SimSeconds kNever{std::numeric_limits<double>::infinity()};
                const DnnId dnn = testbed.dnn(with(dials_[d], v));
                said.push_back(
                    server.infer_frame(played.received, dnn, kept_last(testbed, played), kNever));
            }
            std::vector<double> lost;
            lost.reserve(said.size());
            for (const auto& each : said) {
                lost.push_back(1 - server.read(server.agreement(each, said.front())));
            }
            told.of_dnns.emplace_back(d, std::move(lost));
            told.bytes += 4 * static_cast<std::int64_t>(said.size());
        }
    }

    static std::size_t kept_last(Testbed& testbed, const Played& played) {
        return testbed.server().read(played.received).kept.size() - 1;
    }

    void look_for_objects(Testbed& testbed, const Played& played, Told& told) const {
        Server& server = testbed.server();
        const Output& output = server.read(played.output);
        if (output.frames.back().classes.empty()) {
            const auto boxes = moved_on(output, threshold_, testbed.segment().frames);
            told.likely = no_regions(regions_);
            for (const Detection& box : boxes) {
                mark_touched(*told.likely, grown(box, margin_, margin_), regions_);
            }
            constexpr std::int64_t kBoxBytes = 24;
            told.bytes += kBoxBytes * static_cast<std::int64_t>(boxes.size() / 3 + 1);
            return;
        }
        const auto gradient = server.gradient(played.received, testbed.dnn(played.how), threshold_);
        told.likely = heaviest_regions(server.read(gradient).saliency.tiles(), share_, regions_);
        told.bytes += static_cast<std::int64_t>(told.likely->size() / 8 + 1);
    }

    const KnobSpace& space_;
    const RegionGrid& regions_;
    double weight_;
    double anchor_;
    int reach_;
    double threshold_;
    double margin_;
    double share_;
    int every_;
    int explore_;
    double rate_;
    std::vector<Turned> dials_;
    RegionMask likely_;
    std::deque<OnCamera<Told>> told_;  ///< under way
    Ledger references_;                ///< see add_reference(); of all segments so far
    int segments_ = 0;
    std::size_t next_ = 0;  ///< dial to measure
};

}  // namespace

SchemeKind calibrated() {
    return {.name = "calibrated",
            .summary = "what a choice changes, times what the server measures a change to cost",
            .paper = "this project",
            .by_default = false,
            .parameters =
                {{"power", 1.0, "of the difference that the loss grows with", 0.01, 10, {}},
                 {"memory", 0.6, "weight of a measured loss against the one after it", 0, 1, {}},
                 {"prior", 2.0, "measurements that the mean of a long time counts as", 0, 1e6, {}},
                 {"anchor", 0.9, "how far down its values a dial is measured, in [0,1]", 0, 1, {}},
                 {"reach", 100.0, "values that a dial moves in a segment, at most", 1, 1e6, {}},
                 {"threshold", 0.5, "boxes with a score above it are objects", 0, 1, {}},
                 {"margin", 8.0, "pixels of context around an object", 0, 1e4, {}},
                 {"share", 0.7, "of a gradient that likely regions hold, without boxes", 0, 1, {}},
                 {"dnns-every", 20.0, "segments between comparisons of DNNs", 1, 1e6, {}},
                 {"explore",
                  8.0,
                  "segments unmeasured after which a dial leaves its cheapest value",
                  1,
                  1e6,
                  {}},
                 {"rate",
                  0.0,
                  "kbit/s that a price of 1 is of, the same for all clips; 0 = the reference's",
                  0,
                  1e9,
                  {}}},
            .create = [](const SchemeSetting& setting) -> std::unique_ptr<Scheme> {
                return std::make_unique<Calibrated>(setting);
            }};
}

}  // namespace oneadapt
