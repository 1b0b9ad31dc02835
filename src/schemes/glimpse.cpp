#include "schemes/glimpse.hpp"

#include <algorithm>
#include <limits>

#include "measure/changed_pixels.hpp"
#include "schemes/frame_tracker.hpp"
#include "schemes/profiling.hpp"

// Glimpse (SenSys'15). Published: the camera sends trigger frames alone, each a picture of its own:
// those that differ from the last one sent in enough pixels, and those in which tracking fails.
// Between them it tracks the boxes of the last result by optical flow. A result comes back late: it
// is of an earlier frame, from which it is tracked to the present through a few of the frames
// since, kept in an active cache.
//
// The share of pixels that triggers is 1/k, with k from 20 to 1; here it is a parameter, or grows
// with the weight from 0 (every frame triggers) to 1. Public ports learn k on the first 10 of every
// 30 seconds, in which all frames are sent; others run trackers that never report that they failed.
//
// Pictures have the reference configuration. Segments are measured on their own, so the first frame
// of each triggers, as it passes every frame filter, and tracking starts there anew, from the boxes
// that there were. OneAdapt's authors do not compare with Glimpse.

namespace oneadapt {

std::vector<int> active_cache(const std::vector<double>& changes, int from, int to, int most) {
    // least[parts][end]: the smallest largest sum of `parts` parts from `from` to from + end, and
    // where the last one begins.
    struct Cut {
        double largest = std::numeric_limits<double>::infinity();
        std::size_t begin = 0;
    };
    const auto length = static_cast<std::size_t>(to - from);
    const std::size_t parts = std::min<std::size_t>(static_cast<std::size_t>(most) + 1, length);
    std::vector<std::vector<Cut>> least(parts + 1, std::vector<Cut>(length + 1));
    least[0][0].largest = 0;
    for (std::size_t part = 1; part <= parts; ++part) {
        for (std::size_t end = part; end <= length; ++end) {
            double sum = 0;
            for (std::size_t begin = end; begin-- > part - 1;) {
                sum += changes.at(begin);
                const double largest = std::max(sum, least[part - 1][begin].largest);
                if (largest <= least[part][end].largest) least[part][end] = {largest, begin};
            }
        }
    }
    std::vector<int> path = {to};
    std::size_t end = length;
    for (std::size_t part = parts; part > 0; --part) {
        end = least[part][end].begin;
        path.push_back(from + static_cast<int>(end));
    }
    std::ranges::reverse(path);
    return path;
}

namespace {

class Glimpse final : public Scheme {
  public:
    explicit Glimpse(const SchemeSetting& setting)
        : trigger_(setting.parameters.number("trigger") > 0
                       ? setting.parameters.number("trigger")
                       : 1 - target_of_weight(setting.goal.price())),
          lost_(setting.parameters.number("lost")),
          cache_(setting.parameters.whole("cache")) {}

    Delivery play(Testbed& testbed) override {
        const Configuration& how = testbed.space().reference();
        Delivery delivery(how.text());
        for (Sent& sent : under_way_) sent.frame = 0;  // of an earlier segment
        changes_.clear();
        int last_trigger = 0;
        for (int frame = 0; frame < testbed.segment().frames; ++frame) {
            const bool triggers = look(testbed, frame, last_trigger);
            if (!triggers) {
                if (tracker_.known()) delivery.show(frame, tracker_.result(testbed), 0);
                continue;
            }
            last_trigger = frame;
            const auto picture = testbed.camera().encode(EncodePlan(how, std::nullopt, {frame}));
            const auto seen = testbed.server().infer(testbed.link().up(picture), testbed.dnn(how));
            delivery.show(frame, seen, frame);
            under_way_.push_back({frame, send_result(testbed, seen, frame)});
        }
        return delivery;
    }

  private:
    /// A result on its way down, and the frame that it is of.
    struct Sent {
        int frame = 0;
        OnCamera<Output> result;
    };

    static OnCamera<Output> send_result(Testbed& testbed, const OnServer<Output>& seen, int frame) {
        const double threshold = testbed.server().read(seen).threshold.value_or(0);
        return send_boxes(testbed, seen, frame, threshold);
    }

    /// Brings the boxes up to this frame; whether it is to be sent.
    bool look(Testbed& testbed, int frame, int last_trigger) {
        Camera& camera = testbed.camera();
        camera.wait_for(frame);
        double share = 1;  // that of a first frame
        if (frame > 0) {
            changes_.push_back(changed(testbed, frame - 1, frame));
            share = changed(testbed, last_trigger, frame);
        }
        bool failed = false;
        if (const auto arrived = newest(camera)) {
            const Output& result = camera.read(arrived->result);
            tracker_.set(result.frames.front().detections, result.threshold);
            failed = catch_up(testbed, arrived->frame, frame);
        } else if (frame > 0) {
            failed = track(testbed, frame - 1, frame);
        }
        return share >= trigger_ || failed;
    }

    static double changed(Testbed& testbed, int from, int to) {
        Camera& camera = testbed.camera();
        return camera.read(camera.compute(ChangedPixels{from, to}, to)).share;
    }

    /// Follows the boxes; whether one was lost.
    bool track(Testbed& testbed, int from, int to) {
        if (tracker_.boxes().empty()) return false;
        return tracker_.follow(testbed, from, to).spread > lost_;
    }

    bool catch_up(Testbed& testbed, int from, int to) {
        bool failed = false;
        const std::vector<double> since(changes_.begin() + from, changes_.begin() + to);
        const std::vector<int> path = active_cache(since, from, to, cache_);
        for (std::size_t i = 1; i < path.size(); ++i) {
            failed = track(testbed, path[i - 1], path[i]) || failed;
        }
        return failed;
    }

    /// The last result that has arrived since it was asked last.
    std::optional<Sent> newest(const Camera& camera) {
        std::optional<Sent> last;
        std::erase_if(under_way_, [&](const Sent& sent) {
            if (!camera.arrived(sent.result)) return false;
            last = sent;
            return true;
        });
        return last;
    }

    double trigger_;
    double lost_;
    int cache_;
    FrameTracker tracker_;
    std::vector<double> changes_;  ///< of the segment, from each frame to its next
    std::vector<Sent> under_way_;
};

}  // namespace

SchemeKind glimpse() {
    return {
        .name = "glimpse",
        .summary = "frames that changed enough are sent, between them boxes are tracked",
        .paper = "Glimpse, SenSys'15",
        .claim = "1.8 to 2.5 times the precision",
        .needs = {.boxes = true, .media = {"video", "infrared", "depth"}},
        .by_default = false,
        .parameters = {{"trigger",
                        0.0,
                        "share of pixels that must change, 1/k; 0 = 1 - 1/(1 + weight/4)",
                        0,
                        1,
                        {}},
                       {"lost",
                        1.0,
                        "pixels of standard deviation between the corners of a box that is lost",
                        0,
                        1e6,
                        {}},
                       {"cache", 5.0, "frames that a late result is tracked through", 0, 1e3, {}}},
        .create = [](const SchemeSetting& setting) -> std::unique_ptr<Scheme> {
            return std::make_unique<Glimpse>(setting);
        }};
}

}  // namespace oneadapt
