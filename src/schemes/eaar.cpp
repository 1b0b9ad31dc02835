#include "schemes/eaar.hpp"

#include <algorithm>
#include <cmath>

#include "dnn/model.hpp"
#include "measure/changed_pixels.hpp"
#include "schemes/box_regions.hpp"
#include "schemes/frame_tracker.hpp"
#include "schemes/profiling.hpp"
#include "schemes/region_masks.hpp"
#include "testbed/foresight.hpp"

// EAAR (Liu, Li and Gruteser, MobiCom'19, "Edge assisted real-time object detection"). Published:
// the camera encodes the regions of interest finely and the rest coarsely. They are the server's
// proposals, also unlikely ones, in the last frame whose result has come back, moved by motion
// vectors and grown by a macroblock. Between results boxes are tracked on the camera. A frame is
// sent once the one before has come back, and something moves much or new content appears.
//
// Here what is sent is a segment, whose regions are those of all its frames together; motion is
// that of sparse optical flow (Follow), and new content that tiles outside of the regions change.
// What the server sends down are the boxes that it has, from its score floor on, of the last frame;
// of a detector's proposals it keeps no more. Slices that are encoded, sent and analysed at the
// same time have no counterpart: a segment is encoded once it is captured. The fine value is the
// most expensive, the coarse one grows with the weight.
//
// OneAdapt's authors take the regions from a fine encode of the same segment, which costs them
// nothing: `eaar-oracle`, a yardstick.

namespace oneadapt {
namespace {

/// The place of the coarse value among `values`.
std::size_t coarse_place(const KnobSpace& space, double weight) {
    std::size_t values = 1;
    for (const Knob& knob : space.knobs()) {
        if (find_knob(knob.name).regional()) values = std::max(values, knob.size());
    }
    return static_cast<std::size_t>(
        std::lround((1 - target_of_weight(weight)) * static_cast<double>(values - 1)));
}

class Eaar final : public Scheme {
  public:
    explicit Eaar(const SchemeSetting& setting)
        : regions_(setting.regions),
          margin_(setting.parameters.whole("margin")),
          floor_(setting.parameters.number("floor")),
          motion_(setting.parameters.number("motion")),
          content_(setting.parameters.number("content")),
          coarse_(coarse_place(setting.space, setting.goal.price())) {}

    Delivery play(Testbed& testbed) override {
        Scene scene = watch(testbed);
        const bool first = !sent_ && !tracker_.known();
        if (!first && (sent_ || !worth_sending(testbed, scene))) {
            Delivery delivery("tracked");
            for (std::size_t i = 0; i < scene.tracked.size(); ++i) {
                if (scene.tracked[i]) delivery.show(static_cast<int>(i), scene.tracked[i], 0);
            }
            return delivery;
        }
        const Configuration how = first ? testbed.space().reference()
                                        : two_levels(testbed.space(), scene.regions, 0, coarse_);
        const Played played = play_configuration(testbed, how);
        sent_ = send_boxes(testbed, played.output, testbed.segment().frames - 1, floor_);
        return played.delivery();
    }

  private:
    /// What the camera made of a segment's frames.
    struct Scene {
        RegionMask regions;
        std::vector<OnCamera<Output>> tracked;  ///< of each frame, where there is something
        double moved = 0;                       ///< pixels that the box which moved most has moved
    };

    RegionMask no_regions() const {
        return RegionMask(static_cast<std::size_t>(regions_.size.area()), false);
    }

    Scene watch(Testbed& testbed) {
        Camera& camera = testbed.camera();
        Scene scene{.regions = no_regions(), .tracked = {}};
        for (int frame = 0; frame < testbed.segment().frames; ++frame) {
            camera.wait_for(frame);
            if (camera.arrived(sent_)) {
                const Output& result = camera.read(sent_);
                tracker_.set(result.frames.front().detections, result.threshold);
                sent_ = {};
                // It is of the frame before this segment.
                scene.regions = no_regions();
                scene.moved = 0;
                mark(scene);
                for (int next = 1; next <= frame; ++next) step(testbed, scene, next);
            } else if (frame == 0) {
                mark(scene);
            } else {
                step(testbed, scene, frame);
            }
            scene.tracked.push_back(tracker_.known() ? tracker_.result(testbed)
                                                     : OnCamera<Output>());
        }
        return scene;
    }

    void step(Testbed& testbed, Scene& scene, int frame) {
        if (tracker_.boxes().empty()) return;
        scene.moved += tracker_.follow(testbed, frame - 1, frame).farthest;
        mark(scene);
    }

    void mark(Scene& scene) const {
        for (const Detection& box : tracker_.boxes()) {
            mark_touched(scene.regions, box, regions_, margin_);
        }
    }

    bool worth_sending(Testbed& testbed, const Scene& scene) const {
        if (scene.moved >= motion_) return true;
        constexpr float kNew = 0.5F;  // of a tile's pixels
        Camera& camera = testbed.camera();
        const int last = testbed.segment().frames - 1;
        const auto changed = camera.compute(ChangedPixels{0, last, true}, last);
        const cv::Mat& tiles = camera.read(changed).tiles;
        double appeared = 0;
        for (int row = 0; row < tiles.rows; ++row) {
            for (int column = 0; column < tiles.cols; ++column) {
                const auto region = static_cast<std::size_t>(regions_.of_tile.at<int>(row, column));
                if (tiles.at<float>(row, column) > kNew && !scene.regions[region]) ++appeared;
            }
        }
        return appeared >= content_ * static_cast<double>(tiles.total());
    }

    const RegionGrid& regions_;
    int margin_;
    double floor_;
    double motion_;
    double content_;
    std::size_t coarse_;
    FrameTracker tracker_;
    OnCamera<Output> sent_;  ///< the result that is under way
};

class EaarOracle final : public Scheme {
  public:
    explicit EaarOracle(const SchemeSetting& setting)
        : space_(setting.space),
          floor_(setting.parameters.number("floor")),
          largest_(setting.parameters.number("largest")),
          coarse_(coarse_place(setting.space, setting.goal.price())) {}

    void foresee(Foresight& segment) override {
        const RegionGrid& regions = segment.regions();
        const double frame_area =
            static_cast<double>(regions.of_tile.total()) * kTileSize * kTileSize;
        Output proposals = segment.reference();
        for (FrameOutput& frame : proposals.frames) {
            std::erase_if(frame.detections, [&](const Detection& box) {
                return static_cast<double>((box.x2 - box.x1) * (box.y2 - box.y1)) >
                       largest_ * frame_area;
            });
        }
        how_ = two_levels(space_, box_regions(proposals, floor_, 0, regions), 0, coarse_);
    }

    Delivery play(Testbed& testbed) override {
        return play_configuration(testbed, how_).delivery();
    }

  private:
    const KnobSpace& space_;
    double floor_;
    double largest_;
    std::size_t coarse_;
    Configuration how_;
};

ParameterSpec floor_parameter() {
    return {"floor", 0.2, "boxes with a score above it are regions of interest", 0, 1, {}};
}

}  // namespace

SchemeKind eaar() {
    return {.name = "eaar",
            .summary = "regions of the last result, moved by motion; tracking, adaptive offloading",
            .paper = "EAAR, MobiCom'19",
            .claim = "20 to 35 % more accuracy",
            .needs = {.boxes = true, .regions = true, .media = {"video", "infrared", "depth"}},
            .by_default = false,
            .parameters = {floor_parameter(),
                           {"margin", 1.0, "tiles that regions are grown by", 0, 1e4, {}},
                           {"motion",
                            4.0,
                            "pixels that the fastest box must move in a segment that is sent",
                            0,
                            1e6,
                            {}},
                           {"content",
                            0.01,
                            "or the share of tiles that change outside of the regions",
                            0,
                            2,
                            {}}},
            .create = [](const SchemeSetting& setting) -> std::unique_ptr<Scheme> {
                return std::make_unique<Eaar>(setting);
            }};
}

SchemeKind eaar_oracle() {
    return {.name = "eaar-oracle",
            .summary = "regions of the boxes in each segment itself, known in advance",
            .paper = "EAAR as OneAdapt's authors ran it",
            .needs = {.boxes = true, .regions = true, .grid = true, .hindsight = true},
            .by_default = false,
            .parameters = {floor_parameter(),
                           {"largest",
                            0.04,
                            "share of the frame above which a box is no region of interest",
                            0,
                            1,
                            {}}},
            .create = [](const SchemeSetting& setting) -> std::unique_ptr<Scheme> {
                return std::make_unique<EaarOracle>(setting);
            }};
}

}  // namespace oneadapt
