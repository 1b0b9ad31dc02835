#pragma once

#include <memory>
#include <string>
#include <vector>

#include "measure/encode.hpp"
#include "measure/infer.hpp"
#include "schemes/scheme.hpp"
#include "support/fake_instruments.hpp"
#include "support/temp_folder.hpp"

namespace oneadapt::test {

/// A fake clip and a world to play schemes in, segment by segment.
class Stage {
  public:
    explicit Stage(int segments, const std::vector<std::string>& knobs = {"qp"},
                   std::optional<LinkRate> link = std::nullopt, double gpu_share = 0,
                   const std::map<std::string, std::vector<double>>& values = {})
        : space_(KnobSpace::from_names(knobs, values)),
          world_{{"fake", 0.1, 1, 0.1, 1, 0.73, 1, 0.01}, std::move(link), 0.001, 0.002, gpu_share},
          referee_(find_task("detect"), fake_.model.sidecar(), space_.reference(), nullptr) {
        if (space_.reference().has(kModelKnob)) {
            fake_.use_sizes();
            world_.model_shares = {{3, 1.0}, {2, 0.8}, {1, 0.5}};
        }
        for (int i = 0; i < segments; ++i) {
            moments_.push_back(
                std::make_unique<Lab>(fake_segment_ref({}, i), fake_.instruments, trace_));
        }
        hindsight_.grid = space_.grid();
        for (const auto& moment : moments_) {
            auto& row = hindsight_.points.emplace_back();
            for (const Configuration& c : hindsight_.grid) {
                row.push_back({priced_bytes(world_.gpu_share, demand(*moment, c),
                                            demand(*moment, hindsight_.grid.front())),
                               referee_.accuracy(
                                   *moment, *moment->take(Infer{c, &fake_.instruments.dnn(c)}))});
            }
        }
    }

    struct Played {
        Configuration configuration;
        Ledger ledger;
        double accuracy;
        double relative_bytes;
        double relative_cost;  ///< of bytes and GPU work, by the share of each
        std::vector<AccGradNote> notes;
    };

    std::vector<Played> play(const std::string& scheme, double weight,
                             const std::map<std::string, std::string>& settings = {},
                             const Configuration& fixed = {}) {
        const SchemeKind& kind = find_scheme(scheme);
        const Parameters parameters(scheme, kind.parameters, settings);
        const auto player = kind.create({space_, regions_, parameters, weight, &hindsight_, fixed});
        Testbed testbed(world_, space_, find_task("detect"), fake_.model.sidecar());
        std::vector<Played> played;
        for (const auto& moment : moments_) {
            testbed.begin(*moment);
            const Delivery delivery = player->play(testbed);
            const auto bill = testbed.finish(delivery);
            played.push_back({delivery.configuration, bill.ledger,
                              referee_.accuracy(*moment, *delivery.output),
                              static_cast<double>(bill.ledger.uplink_bytes) /
                                  static_cast<double>(referee_.reference_bytes(*moment)),
                              relative_cost(*moment, bill.ledger), bill.notes});
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
    Lab& moment(std::size_t i) { return *moments_.at(i); }
    const Dnn& dnn() const { return fake_.instruments.dnn({}); }

  private:
    Demand demand(Lab& moment, const Configuration& configuration) const {
        return world_.demand(configuration, *moment.take(Encode{configuration}));
    }

    double relative_cost(Lab& moment, const Ledger& ledger) const {
        const Demand reference = demand(moment, space_.reference());
        const double bytes = static_cast<double>(ledger.uplink_bytes) / reference.bytes;
        const double work = ledger.gflop / (world_.forward_gflop * reference.passes);
        return (1 - world_.gpu_share) * bytes + world_.gpu_share * work;
    }

    TempFolder folder_;
    Trace trace_{folder_ / "t.trace", Trace::Mode::read_write};
    FakeInstruments fake_;
    KnobSpace space_;
    RegionGrid regions_ = fake_.instruments.input.regions(FakeScene{}.size);
    World world_;
    Referee referee_;
    Hindsight hindsight_;
    std::vector<std::unique_ptr<Lab>> moments_;
};

}  // namespace oneadapt::test
