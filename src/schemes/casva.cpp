#include "schemes/casva.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <filesystem>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "dnn/policy.hpp"
#include "schemes/periodic_grid.hpp"
#include "support/errors.hpp"

namespace oneadapt {
namespace {

/// The knobs whose positions a policy sees, in its order; 1 where one is not in use.
constexpr std::array<const char*, 3> kSeenKnobs = {"qp", "resolution", "framerate"};
constexpr std::size_t kHistory = 4;

/// What the camera knows, as numbers of about one; tools/external/ppo.py has the same.
class Observer {
  public:
    explicit Observer(const SchemeSetting& setting) : setting_(setting) {}

    /// log10 of bits per pixel, from -1 to 1 where it is usual.
    double per_pixel(double bytes, int frames) const {
        const double pixels =
            kTileSize * kTileSize * static_cast<double>(setting_.regions.of_tile.total()) * frames;
        return std::log10(8 * bytes / pixels + 1e-4) + 2;
    }

    void remember(const Encoding& sent, int frames) {
        std::rotate(past_.begin(), past_.begin() + 1, past_.end());
        past_.back() = {per_pixel(static_cast<double>(sent.bytes), frames), 0, 0,
                        10 * sent.difference.mean()};
    }

    /// What is seen before a segment, whose encode as the last one was played is `at_hand`.
    std::vector<float> seen(const Testbed& testbed, const Indices& last, const Encoding& at_hand) {
        const int frames = testbed.segment().frames;
        look_at_link(testbed.link().ticks(), frames);
        std::vector<float> numbers;
        const auto add = [&](double number) { numbers.push_back(static_cast<float>(number)); };
        for (const auto& segment : past_) std::ranges::for_each(segment, add);
        std::ranges::for_each(positions(last), add);
        add(per_pixel(static_cast<double>(at_hand.bytes), frames));
        add(10 * at_hand.difference.mean());
        add(std::log10(setting_.goal.price() + 0.01));
        add(testbed.link().limited() ? 1 : 0);
        return numbers;
    }

    std::array<double, kSeenKnobs.size()> positions(const Indices& indices) const {
        std::array<double, kSeenKnobs.size()> at;
        at.fill(1);
        for (std::size_t k = 0; k < indices.size(); ++k) {
            const Knob& knob = setting_.space.knobs()[k];
            const auto place = std::ranges::find(kSeenKnobs, knob.name) - kSeenKnobs.begin();
            const auto last = static_cast<double>(std::max<std::size_t>(1, knob.size() - 1));
            at.at(static_cast<std::size_t>(place)) = 1 - static_cast<double>(indices[k]) / last;
        }
        return at;
    }

  private:
    /// Throughput, and seconds that wait in the queue, of the last segment.
    void look_at_link(const std::vector<LinkTick>& ticks, int frames) {
        double sent = 0;
        for (const LinkTick& tick : ticks) sent += tick.sent_bytes;
        const double queued = ticks.empty() ? 0.0 : ticks.back().queued_bytes;
        past_.back()[1] = per_pixel(sent, frames);
        past_.back()[2] = std::min(queued / (sent + 1), 10.0);
    }

    const SchemeSetting& setting_;
    /// Size, throughput, queue and what was lost, of the last segments; the latest last.
    std::array<std::array<double, 4>, kHistory> past_ = {};
};

class Casva final : public Scheme {
  public:
    explicit Casva(const SchemeSetting& setting)
        : setting_(setting), observer_(setting_), grid_(setting.space.grid()) {
        for (const Knob& knob : setting.space.knobs()) {
            last_.push_back((knob.size() - 1) / 2);
            if (std::ranges::find(kSeenKnobs, knob.name) != kSeenKnobs.end()) continue;
            throw UsageError("scheme 'casva'", fmt::format("has no policy for '{}'", knob.name),
                             fmt::format("use the knobs {}", fmt::join(kSeenKnobs, ", ")));
        }
    }

    Delivery play(Testbed& testbed) override {
        if (!policy_) policy_ = load_policy(setting_.parameters.word("policy"));
        Camera& camera = testbed.camera();
        const auto at_hand = camera.read(camera.encode(setting_.space.at(last_))).encoding;
        const Configuration choice = choose(observer_.seen(testbed, last_, *at_hand));
        last_ = setting_.space.indices(choice);
        const Played played = play_configuration(testbed, choice);
        observer_.remember(*camera.read(camera.encode(choice)).encoding, testbed.segment().frames);
        return played.delivery();
    }

  private:
    /// The configuration with the highest score, the dearer of equals.
    const Configuration& choose(const std::vector<float>& seen) const {
        const auto width = static_cast<int>(seen.size() + kSeenKnobs.size());
        cv::Mat rows(static_cast<int>(grid_.size()), width, CV_32F);
        for (std::size_t place = 0; place < grid_.size(); ++place) {
            float* row = rows.ptr<float>(static_cast<int>(place));
            row = std::ranges::copy(seen, row).out;
            std::ranges::transform(observer_.positions(setting_.space.indices(grid_[place])), row,
                                   [](double number) { return static_cast<float>(number); });
        }
        const std::vector<float> scores = policy_->scores(rows);
        return grid_[static_cast<std::size_t>(std::ranges::max_element(scores) - scores.begin())];
    }

    const SchemeSetting setting_;
    Observer observer_;
    std::vector<Configuration> grid_;
    std::shared_ptr<const Policy> policy_;  ///< from the first segment on
    Indices last_;                          ///< played
};

}  // namespace

SchemeKind casva() {
    return {.name = "casva",
            .summary = "a policy trained offline by PPO, on what the camera knows by itself",
            .paper = "CASVA, INFOCOM'22",
            .needs = {.media = {"video", "infrared", "depth"}},
            .by_default = false,
            .parameters = {variant_parameter(),
                           {.name = "policy",
                            .otherwise = std::string("casva-latency.pt"),
                            .summary = "published: TorchScript file, of datasets/policies or of "
                                       "one's own (tools/train_casva.py)",
                            .folder = "policies"},
                           PeriodicGrid::stride(2),
                           PeriodicGrid::compute_limit()},
            .create = [](const SchemeSetting& setting) -> std::unique_ptr<Scheme> {
                if (setting.parameters.published()) {
                    return std::make_unique<Casva>(setting);
                }
                return std::make_unique<PeriodicGrid>(setting);
            }};
}

}  // namespace oneadapt
