#include "schemes/voice_activity.hpp"

#include <algorithm>
#include <deque>

#include <opencv2/core.hpp>

#include "measure/picture_means.hpp"
#include "schemes/importance.hpp"
#include "schemes/profiling.hpp"

// A rule of this project, for gradient schemes to be held against on sound: while somebody speaks,
// sound is encoded finely, else coarsely. Somebody speaks in a moment (a column of tiles of the
// log-mel picture, 0.16 s) that is louder, by its mean, than the quietest of the last segments by a
// margin. All knobs in use move together, by the share of moments with a voice and by
// 1/(1 + weight/4).

namespace oneadapt {
namespace {

class VoiceActivity final : public ConfigurationScheme {
  public:
    explicit VoiceActivity(const SchemeSetting& setting)
        : share_(target_of_weight(setting.goal.price())),
          margin_(setting.parameters.number("margin")),
          memory_(static_cast<std::size_t>(setting.parameters.whole("memory"))) {}

  private:
    Configuration decide(Testbed& testbed) override {
        Camera& camera = testbed.camera();
        const auto heard = camera.compute(PictureMeans{}, testbed.segment().frames - 1);
        cv::Mat loudness;
        cv::reduce(camera.read(heard).tiles, loudness, 0, cv::REDUCE_AVG, CV_64F);
        double quietest = 0;
        cv::minMaxLoc(loudness, &quietest);
        quietest_.push_back(quietest);
        if (quietest_.size() > memory_) quietest_.pop_front();
        const double silence = std::ranges::min(quietest_);
        const double activity =
            static_cast<double>(cv::countNonZero(loudness > silence + margin_)) /
            static_cast<double>(loudness.total());
        Indices places;
        for (const Knob& knob : testbed.space().knobs()) {
            places.push_back(place_by_importance(activity, share_, knob.size()));
        }
        return testbed.space().at(places);
    }

    double share_;
    double margin_;
    std::size_t memory_;
    std::deque<double> quietest_;  ///< moment of each of the last segments
};

}  // namespace

SchemeKind voice_activity() {
    return {
        .name = "voice-activity",
        .summary = "fine while somebody speaks, by how loud it is",
        .paper = "this project",
        .needs = {.media = {"audio"}},
        .by_default = false,
        .parameters =
            {{"margin",
              0.1,
              "loudness above the quietest moment, of the log-mel picture's 0 to 1 (70 dB)",
              0,
              1,
              {}},
             {"memory", 30.0, "segments among which the quietest moment is sought", 1, 1e6, {}}},
        .create = [](const SchemeSetting& setting) -> std::unique_ptr<Scheme> {
            return std::make_unique<VoiceActivity>(setting);
        }};
}

}  // namespace oneadapt
