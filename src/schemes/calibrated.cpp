#include "schemes/calibrated.hpp"

#include <algorithm>
#include <cmath>
#include <deque>
#include <limits>

#include "schemes/calibrated_dial.hpp"
#include "schemes/reference_size.hpp"
#include "schemes/region_values.hpp"

// A scheme of this project (experiments/beyond.md has how it came about). What the camera sees of a
// choice is how much it changes the pictures and what it costs. What it does not see is what that
// change costs in accuracy; the server measures it: it encodes what it has received once more,
// cheaply, runs the DNN on that too, and compares. So the loss of a choice is a scale, measured
// lately, times the difference that the choice makes in the segment at hand.
//
// A knob with a value for each region has one scale too: DNNGrad, as OneAdapt has it, says how much
// a change matters in one region beside another, the measurement what all of it costs. A knob that
// chooses the DNN changes no picture: the server runs all of them on a frame now and then, and the
// loss is their mean distance from the first.

namespace oneadapt {
namespace {

/// What the server tells the camera.
struct Told {
    struct Loss {
        std::size_t dial = 0;
        double loss = 0;
        double difference = 0;
    };
    std::vector<Loss> losses;
    std::vector<std::pair<std::size_t, std::vector<double>>> of_dnns;  ///< by dial
    bool silent = false;  ///< the DNN said nothing: what is lost cannot be told
    cv::Mat weights;      ///< see TileWeights; empty where no knob has regions
    std::int64_t bytes = 0;
};

class Calibrated final : public ConfigurationScheme {
  public:
    explicit Calibrated(const SchemeSetting& setting)
        : space_(setting.space),
          regions_(setting.regions),
          weight_(setting.goal.price()),
          anchor_(setting.parameters.number("anchor")),
          reach_(static_cast<std::size_t>(setting.parameters.whole("reach"))),
          floor_(setting.parameters.number("floor")),
          damage_power_(setting.parameters.number("damage-power")),
          busy_(setting.parameters.number("busy")),
          every_(setting.parameters.whole("dnns-every")),
          explore_(setting.parameters.whole("explore")),
          rate_(setting.parameters.number("rate")),
          tile_weights_(setting.parameters.number("map-memory"),
                        setting.parameters.number("alike")) {
        const LossScale::Settings scale{.power = setting.parameters.number("power"),
                                        .memory = setting.parameters.number("memory"),
                                        .prior = setting.parameters.number("prior"),
                                        .guess = setting.parameters.number("guess")};
        for (std::size_t k = 0; k < space_.dimensions(); ++k) {
            const Knob& knob = space_.knobs()[k];
            if (knob.size() < 2) continue;
            const KnobKind& kind = find_knob(knob.name);
            const std::size_t last = knob.size() - 1;
            if (kind.regional()) {
                LossScale::Settings of_damage = scale;
                of_damage.power = 1;
                dials_.push_back(
                    {.knob = k,
                     .last = last,
                     .by = Dial::By::regions,
                     .places = Indices(static_cast<std::size_t>(regions_.size.area()), 0),
                     .scale = LossScale(of_damage)});
            } else {
                dials_.push_back(
                    {.knob = k,
                     .last = last,
                     .by = kind.acts_on == ActsOn::server ? Dial::By::dnns : Dial::By::difference,
                     .scale = LossScale(scale)});
            }
        }
    }

  private:
    // --- on the camera
    Configuration decide(Testbed& testbed) override {
        Camera& camera = testbed.camera();
        const SimSeconds free = camera.now();
        camera.wait_for(testbed.segment().frames - 1);
        const SimSeconds captured = camera.now();
        for (Dial& dial : dials_) ++dial.unmeasured;
        for (; !told_.empty() && camera.arrived(told_.front()); told_.pop_front()) {
            take_in(camera.read(told_.front()));
        }
        if (captured <= free && segments_ > 0) {  // it still encodes what came before
            add_reference(testbed);
            for (Dial& dial : dials_) {
                // A camera that is always late has to know something, too.
                if (dial.looks() && dial.times_looked == 0) {
                    look(testbed, dial, {0, dial.cheapest(explore_)});
                }
                turn(testbed, dial);
            }
        } else {
            reference_ = camera.demand(space_.reference());
            camera.read(camera.encode(space_.reference()));
            add_reference(testbed);
            look_and_turn(testbed, captured);
        }
        const bool looks = silent_ > 0 && silent_ % explore_ == 0;
        return looks ? half_way_to_the_dearest() : at_places();
    }

    /// Looks at what the camera has time for before the next segment is captured, one dial at
    /// least, and turns what it looked at; dials that are left out come first then.
    void look_and_turn(Testbed& testbed, SimSeconds captured) {
        const SimSeconds each = testbed.camera().now() - captured;  // the reference's encoding
        bool looked = false;
        for (std::size_t tried = 0; tried < dials_.size(); ++tried) {
            const std::size_t d = (first_ + tried) % dials_.size();
            Dial& dial = dials_[d];
            if (dial.looks()) {
                // Of the only dial's values the reference is one.
                const SimSeconds spent =
                    dials_.size() > 1 ? testbed.camera().now() - captured : SimSeconds{};
                const std::size_t stride =
                    dial.stride(each.value, (testbed.segment().duration - spent).value);
                if (looked && stride > 1) {
                    first_ = d;
                    return;
                }
                look(testbed, dial, dial.to_look_at(explore_, reach_, stride));
                looked = true;
            }
            turn(testbed, dial);
        }
        first_ = 0;
    }

    /// Sees what some of a dial's values do to the segment at hand, the others being where they
    /// are.
    void look(Testbed& testbed, Dial& dial, const Indices& places) const {
        const TileMap& dearest = difference(testbed, with(dial, 0));
        for (const std::size_t v : places) {
            const TileMap& map = difference(testbed, with(dial, v));
            Dial::Seen& seen = dial.seen[v].emplace();
            seen.saved = saved(testbed, dial, v);
            if (dial.by == Dial::By::regions) {
                seen.damage = damage(map.tiles(), dearest.tiles(), damage_power_);
            } else {
                seen.difference = between(map.mean(), dearest.mean());
            }
        }
        ++dial.times_looked;
    }

    void turn(Testbed& testbed, Dial& dial) const {
        if (dial.by == Dial::By::dnns) {
            if (!dial.lost.empty()) turn_dnns(testbed, dial);
        } else if (!dial.scale.known()) {
            if (silent_ > 0 && weight_ > 0) dial.grow_cheaper();
        } else if (dial.by == Dial::By::regions) {
            dial.turn_regions(explore_, weights_, busy_, regions_);
        } else {
            dial.turn_value(explore_, reach_);
        }
    }

    void take_in(const Told& told) {
        for (const Told::Loss& each : told.losses) {
            Dial& dial = dials_[each.dial];
            dial.measured(each.loss, each.difference);
        }
        for (const auto& [dial, lost] : told.of_dnns) {
            std::vector<double>& mean = dials_[dial].lost;
            constexpr double kNew = 0.1;
            if (mean.empty()) mean = lost;
            for (std::size_t v = 0; v < lost.size(); ++v) mean[v] += kNew * (lost[v] - mean[v]);
        }
        if (!told.weights.empty()) weights_ = told.weights;
        silent_ = told.silent ? silent_ + 1 : 0;
    }

    /// What a DNN that has said nothing for long is shown for a segment: perhaps it is shown too
    /// little, and then it would never be told.
    Configuration half_way_to_the_dearest() const {
        std::vector<Dial> dials = dials_;
        for (Dial& dial : dials) {
            if (dial.by == Dial::By::dnns) continue;
            dial.halve();
        }
        return at(dials, space_);
    }

    void turn_dnns(Testbed& testbed, Dial& dial) const {
        dial.turn_to_least(explore_, reach_, [&](std::size_t v) -> std::optional<double> {
            return dial.lost[v] - saved(testbed, dial, v);
        });
    }

    /// What a value saves over the dearest one, in accuracy.
    double saved(Testbed& testbed, const Dial& dial, std::size_t v) const {
        return weight_ * segments_ *
               testbed.prices().difference(testbed.camera().demand(with(dial, 0)),
                                           testbed.camera().demand(with(dial, v)), references_);
    }

    /// What a configuration changes in each tile.
    static const TileMap& difference(Testbed& testbed, const Configuration& how) {
        return testbed.camera().read(testbed.camera().encode(how)).encoding->difference;
    }

    /// Adds what a price of 1 is of in this segment: the reference, its bytes those of `rate_`
    /// where one price for a byte holds on all cameras.
    void add_reference(Testbed& testbed) {
        constexpr double kBytesPerKbit = 125;
        references_.uplink_bytes +=
            rate_ > 0 ? std::llround(rate_ * kBytesPerKbit * testbed.segment().duration.value)
                      : reference_.uplink_bytes;
        references_.gflop += reference_.gflop;
        references_.energy_j += reference_.energy_j;
        ++segments_;
    }

    /// The configuration with every dial at its place.
    Configuration at_places() const { return at(dials_, space_); }

    /// The same, but for one dial, which is at one value all over.
    Configuration with(const Dial& dial, std::size_t place) const {
        return with(at_places(), dial, place);
    }

    Configuration with(Configuration how, const Dial& dial, std::size_t place) const {
        const Knob& knob = space_.knobs()[dial.knob];
        how.set(knob.name, knob.values[place]);
        return how;
    }

    // --- on the server
    void learn(Testbed& testbed, const Played& played) override {
        Told told;
        if (regional()) weigh_tiles(testbed, played, told);
        told.silent = testbed.server().read(testbed.server().silent(played.output));
        told.bytes += told.silent ? 1 : 0;
        for (std::size_t tried = 0; !told.silent && tried < dials_.size(); ++tried) {
            const std::size_t d = next_++ % dials_.size();
            if (measure(testbed, played, d, told) && segments_ > 1) break;
        }
        if (testbed.segment().index % every_ == 0) compare_dnns(testbed, played, told);
        const std::int64_t bytes = told.bytes;
        if (bytes > 0) {
            told_.push_back(testbed.link().down(testbed.server().make(std::move(told)), bytes));
        }
    }

    bool regional() const {
        return std::ranges::any_of(dials_,
                                   [](const Dial& dial) { return dial.by == Dial::By::regions; });
    }

    /// Measures what a cheap value of a dial loses against what was played.
    bool measure(Testbed& testbed, const Played& played, std::size_t d, Told& told) const {
        const Dial& dial = dials_[d];
        const std::size_t dearest = std::ranges::min(dial.places);
        if (dial.by == Dial::By::dnns || dearest == dial.last) return false;
        const auto anchor =
            static_cast<std::size_t>(std::lround(anchor_ * static_cast<double>(dial.last)));
        const std::size_t cheap = std::max(dearest + 1, anchor);
        Server& server = testbed.server();
        const auto again = server.transcode(played.received, with(space_.reference(), dial, cheap));
        const Transcoding& transcoding = server.read(again);
        const auto output =
            server.infer(server.make(Received(transcoding.received)), testbed.dnn(played.how));
        const double difference =
            dial.by == Dial::By::regions
                ? cv::mean(
                      damage(transcoding.difference.tiles(), damage_power_).mul(told.weights))[0]
                : transcoding.difference.mean();
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
            if (dials_[d].by != Dial::By::dnns) continue;
            std::vector<OnServer<Output>> said;
            for (std::size_t v = 0; v <= dials_[d].last; ++v) {
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

    /// By the gradient of what was received.
    void weigh_tiles(Testbed& testbed, const Played& played, Told& told) {
        Server& server = testbed.server();
        const DnnGrad& gradient =
            server.read(server.gradient(played.received, testbed.dnn(played.how), floor_));
        told.weights = tile_weights_.add(gradient.saliency.tiles());
        told.bytes += saliency_bytes(gradient);
    }

    const KnobSpace& space_;
    const RegionGrid& regions_;
    double weight_;
    double anchor_;
    std::size_t reach_;
    double floor_;
    double damage_power_;
    double busy_;
    int every_;
    int explore_;
    double rate_;
    std::vector<Dial> dials_;
    TileWeights tile_weights_;         ///< on the server
    cv::Mat weights_;                  ///< on the camera; empty before the first have come
    std::deque<OnCamera<Told>> told_;  ///< under way
    Ledger reference_;                 ///< of the last segment in which the camera had time for it
    Ledger references_;                ///< see add_reference(); of all segments so far
    std::size_t first_ = 0;            ///< dial to look at
    int segments_ = 0;
    int silent_ = 0;  ///< segments in which the DNN has said nothing, up to the last that it told
    std::size_t next_ = 0;  ///< dial to measure
};

}  // namespace

SchemeKind calibrated() {
    return {.name = "calibrated",
            .summary = "what a choice changes, times what the server measures a change to cost",
            .paper = "this project",
            .by_default = false,
            .parameters =
                {{"power", 1.5, "of the difference that the loss grows with", 0.01, 10, {}},
                 {"memory", 0.6, "weight of a measured loss against the one after it", 0, 1, {}},
                 {"prior", 2.0, "measurements that the mean of a long time counts as", 0, 1e6, {}},
                 {"guess",
                  3.0,
                  "measurements that a loss of one half counts as before there are any",
                  0,
                  1e6,
                  {}},
                 {"anchor", 0.9, "how far down its values a dial is measured, in [0,1]", 0, 1, {}},
                 {"reach", 100.0, "values that a dial moves in a segment, at most", 1, 1e6, {}},
                 {"floor", 0.05, "utility counts detections with a score above it", 0, 1, {}},
                 {"damage-power",
                  1.5,
                  "of the difference that a tile's loss grows with, by regions",
                  0.1,
                  10,
                  {}},
                 {"map-memory", 0.8, "weight of a gradient against the one after it", 0, 1, {}},
                 {"alike", 0.1, "share of its weight that each tile has in any case", 0, 1, {}},
                 {"busy",
                  0.3,
                  "share of the bytes that regions are taken to save by how much changes in them",
                  0,
                  1,
                  {}},
                 {"dnns-every", 20.0, "segments between comparisons of DNNs", 1, 1e6, {}},
                 {"explore",
                  16.0,
                  "segments unmeasured after which a dial leaves its cheapest value, or of a "
                  "silent DNN after which it is shown more",
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
