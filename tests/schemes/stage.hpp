#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "measure/differentiate.hpp"
#include "schemes/scheme.hpp"
#include "support/fake_instruments.hpp"
#include "support/temp_folder.hpp"
#include "testbed/driver.hpp"
#include "testbed/foresight.hpp"
#include "testbed/referee.hpp"

namespace oneadapt::test {

/// A camera that takes 0.1 s for a megapixel at 1 W, a server that takes 1 s for a GFLOP at 1 W,
/// 10 ms between them.
inline DeviceProfile fake_device() {
    return {.name = "fake",
            .encode_s_per_megapixel = 0.1,
            .camera_watts = 1,
            .server_encode_s_per_megapixel = 0.1,
            .forward_s_per_gflop = 1,
            .camera_s_per_gflop = 1,
            .backward_ratio = 0.73,
            .server_watts = 1,
            .latency_s = 0.01,
            .power = {.caps_watts = {1, 0.5}, .static_watts = 0.1, .frequency_bound = 1}};
}

/// A fake clip and a world to play schemes in, segment by segment.
class Stage {
  public:
    explicit Stage(
        int segments, const std::vector<std::string>& knobs = {"qp"}, Environment environment = {},
        Prices prices = {}, const std::map<std::string, std::vector<KnobValue>>& values = {},
        const std::function<FakeScene(int)>& scene = [](int) { return FakeScene{}; })
        : space_(KnobSpace::from_names(knobs, values)),
          prices_(prices),
          sized_(chosen_dnn(space_.reference()).has_value()),
          world_{.task = find_task("detect"),
                 .sidecar = fake_.model.sidecar(),
                 .space = space_,
                 .regions = fake_.instruments.input.regions(FakeScene{}.size),
                 .device = fake_device(),
                 .environment = std::move(environment),
                 .dnns = world_dnns(instruments(), fake_device(), FakeScene{}.size, trace_,
                                    caps_of(space_), {{"fake", 0.5}}),
                 .auxiliaries =
                     world_auxiliaries(instruments(), fake_device(), FakeScene{}.size, trace_)},
          referee_(world_, nullptr) {
        hindsight_.grid = space_.grid();
        for (int i = 0; i < segments; ++i) {
            labs_.push_back(
                std::make_unique<Lab>(fake_segment_ref(scene(i), i), fake_.instruments, trace_));
            scores_.push_back(std::make_unique<Scores>(referee_, *labs_.back()));
            auto& row = hindsight_.points.emplace_back();
            for (const Configuration& c : hindsight_.grid) {
                row.push_back({prices_.cost(plain(*labs_.back(), c), scores_.back()->reference()),
                               scores_.back()->accuracy(c)});
            }
        }
    }

    struct Played {
        Configuration configuration;  ///< none where the scheme names none
        Ledger ledger;
        double accuracy;
        double relative_bytes;
        double relative_cost;  ///< at the stage's prices
        std::vector<AccGradNote> notes;
        std::optional<SimSeconds> delay;
    };

    std::vector<Played> play(const std::string& scheme, double weight,
                             const std::map<std::string, std::string>& settings = {},
                             const Configuration& fixed = {}) {
        const SchemeKind& kind = find_scheme(scheme);
        const Parameters parameters(scheme, kind.parameters, settings);
        const Goal goal{.weight = weight, .prices = prices_};
        const auto player = kind.create({.space = space_,
                                         .regions = world_.regions,
                                         .parameters = parameters,
                                         .goal = goal,
                                         .hindsight = &hindsight_,
                                         .fixed = fixed});
        return play(*player, goal, {}, kind.needs.hindsight);
    }

    /// The same for constraints.
    std::vector<Played> play(const std::string& scheme, const Goal& goal,
                             const std::map<std::string, std::string>& settings = {},
                             const Configuration& fixed = {}) {
        const SchemeKind& kind = find_scheme(scheme);
        const Parameters parameters(scheme, kind.parameters, settings);
        const ServerFuture future(world_);
        const auto player = kind.create({.space = space_,
                                         .regions = world_.regions,
                                         .parameters = parameters,
                                         .goal = goal,
                                         .future = &future,
                                         .fixed = fixed});
        return play(*player, goal);
    }

    std::vector<Played> play(Scheme& player, const Goal& goal, const ActHook& hook = {},
                             bool foresees = false) {
        Driver driver(world_, goal);
        driver.listen(hook);
        std::vector<Played> played;
        for (std::size_t i = 0; i < labs_.size(); ++i) {
            driver.begin(*labs_[i]);
            if (foresees) {
                Foresight segment(world_, *labs_[i], *scores_[i], prices_);
                player.foresee(segment);
            }
            const Delivery delivery = player.play(driver.testbed());
            Bill bill = driver.finish(delivery);
            const Ledger& reference = scores_[i]->reference();
            const bool named = delivery.played().find('=') != std::string::npos;
            played.push_back({.configuration = Configuration::parse(named ? delivery.played() : ""),
                              .ledger = bill.ledger,
                              .accuracy = scores_[i]->accuracy(bill.frames),
                              .relative_bytes = static_cast<double>(bill.ledger.uplink_bytes) /
                                                static_cast<double>(reference.uplink_bytes),
                              .relative_cost = prices_.cost(bill.ledger, reference),
                              .notes = std::move(bill.notes),
                              .delay = bill.delay});
        }
        return played;
    }

    /// Sum of accuracy - weight x relative cost.
    static double objective(const std::vector<Played>& played, double weight) {
        double sum = 0;
        for (const Played& p : played) sum += p.accuracy - weight * p.relative_cost;
        return sum;
    }

    const KnobSpace& space() const { return space_; }
    const Hindsight& hindsight() const { return hindsight_; }
    World& world() { return world_; }
    test::FakeInstruments& fake() { return fake_; }
    Lab& lab(std::size_t i) { return *labs_.at(i); }
    Scores& scores(std::size_t i) { return *scores_.at(i); }
    std::shared_ptr<const Encoding> encoding(std::size_t i, const Configuration& c) {
        return lab(i).take(Encode{EncodePlan(as_sent(c))});
    }
    std::shared_ptr<const DnnGrad> gradient(std::size_t i, const Configuration& c, double floor) {
        const Infer seen = world_.infer(c);
        return lab(i).take(Differentiate{seen.recipe, seen.dnn, floor});
    }

  private:
    const Instruments& instruments() {
        if (sized_) fake_.use_sizes();
        fake_.use_networks();
        return fake_.instruments;
    }
    Ledger plain(Lab& lab, const Configuration& configuration) const {
        return world_.plain(configuration, *lab.take(Encode{EncodePlan(as_sent(configuration))}));
    }

    TempFolder folder_;
    Trace trace_{folder_ / "t.trace", Trace::Mode::read_write};
    FakeInstruments fake_;
    KnobSpace space_;
    Prices prices_;
    bool sized_;
    World world_;
    Referee referee_;
    Hindsight hindsight_;
    std::vector<std::unique_ptr<Lab>> labs_;
    std::vector<std::unique_ptr<Scores>> scores_;
};

}  // namespace oneadapt::test
