#pragma once

#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <opencv2/core.hpp>

#include "codec/codec.hpp"
#include "dnn/model.hpp"
#include "measure/instruments.hpp"
#include "trace/trace.hpp"

// A small world with known answers. A scene is a grid of 16x16 cells, some of which hold an object:
// a cell whose luma stands out from mid-grey by the object's contrast. The codec shrinks contrast
// towards grey as qp rises and resolution falls. The model scores every cell by its contrast. So
// what is detected, and the accuracy, have a closed form.

namespace oneadapt::test {

inline constexpr int kGrey = 128;

/// What a fake segment shows.
struct FakeScene {
    cv::Size size{64, 32};  ///< multiples of kTileSize
    int frames = 10;
    double fps = 10;
    int objects = 4;        ///< at most the number of cells
    int frames_a_cell = 2;  ///< an object moves on to the next cell after so many frames
    double contrast_low = 55;
    double contrast_high = 120;
    int shift = 0;  ///< shows what the segment so many later shows by default

    int cells() const { return size.area() / (kTileSize * kTileSize); }
};

/// Contrast of an object at the reference configuration; changes from segment to segment.
inline int fake_contrast(const FakeScene& scene, int segment, int object) {
    const double golden = 0.6180339887 * (object + 1) + 0.27 * (segment + scene.shift);
    const double share = golden - std::floor(golden);
    return static_cast<int>(scene.contrast_low +
                            share * (scene.contrast_high - scene.contrast_low));
}

/// The cell (row-major) that an object is in.
inline int fake_cell(const FakeScene& scene, int object, int frame) {
    return (object * (scene.cells() / scene.objects) + frame / scene.frames_a_cell) % scene.cells();
}

inline cv::Rect fake_cell_box(const FakeScene& scene, int cell) {
    const int columns = scene.size.width / kTileSize;
    return {cell % columns * kTileSize, cell / columns * kTileSize, kTileSize, kTileSize};
}

/// Segment `index` of the clip that shows `scene`.
inline Segment fake_segment(const FakeScene& scene = {}, int index = 0) {
    Segment segment;
    segment.size = scene.size;
    segment.fps = scene.fps;
    Hasher hash;
    for (int frame = 0; frame < scene.frames; ++frame) {
        cv::Mat picture(scene.size.height * 3 / 2, scene.size.width, CV_8UC1, cv::Scalar(kGrey));
        for (int object = 0; object < scene.objects; ++object) {
            picture(fake_cell_box(scene, fake_cell(scene, object, frame))) =
                cv::Scalar(kGrey + fake_contrast(scene, index, object));
        }
        hash.bytes(std::as_bytes(std::span(picture.data, picture.total())));
        segment.frames.push_back(std::move(picture));
    }
    segment.info = {.index = index,
                    .frames = scene.frames,
                    .start = {index * scene.frames / scene.fps},
                    .duration = {scene.frames / scene.fps},
                    .hash = hash.add(scene.size.width).add(index).finish()};
    return segment;
}

/// The same as a SegmentRef that owns its frames.
inline SegmentRef fake_segment_ref(const FakeScene& scene = {}, int index = 0) {
    auto segment = std::make_shared<const Segment>(fake_segment(scene, index));
    return {segment->info, [segment]() -> const Segment& { return *segment; }};
}

/// Index of a fake clip of `segments` segments, as an offline replay would find it in a trace.
inline ClipIndex fake_clip_index(const std::string& clip, int segments,
                                 const FakeScene& scene = {}) {
    ClipIndex index;
    index.clip = clip;
    index.options = "fake";
    index.size = scene.size;
    index.fps = scene.fps;
    for (int i = 0; i < segments; ++i) index.segments.push_back(fake_segment(scene, i).info);
    return index;
}

/// Share of the contrast that survives encoding; 1 at qp 20 and resolution 1.
inline double fake_survival(const Configuration& configuration) {
    const double qp = configuration.get("qp", 20);
    const double resolution = configuration.get("resolution", 1);
    return std::clamp(1 - (qp - 20) / 50, 0.0, 1.0) * (0.5 + 0.5 * resolution);
}

/// The same for one cell, by its own qp where `macroblock` is in use.
inline double fake_survival(const Configuration& configuration, int cell) {
    if (!configuration.has("macroblock")) return fake_survival(configuration);
    const std::vector<double>& qps = configuration.values().at("macroblock");
    Configuration own;
    own.set("qp", qps.at(qps.size() == 1 ? 0 : static_cast<std::size_t>(cell)));
    own.set("resolution", configuration.get("resolution", 1));
    return fake_survival(own);
}

/// Bytes of a segment: halved by every 6 qp (of a macroblock), proportional to pixels and kept
/// frames.
inline std::int64_t fake_bytes(const Configuration& configuration, cv::Size size,
                               std::size_t kept) {
    std::vector<double> qps = {configuration.get("qp", 20)};
    if (configuration.has("macroblock")) qps = configuration.values().at("macroblock");
    double share = 0;
    for (const double qp : qps) share += std::exp2((20 - qp) / 6);
    share /= static_cast<double>(qps.size());
    const double resolution = configuration.get("resolution", 1);
    return std::llround(size.area() * share * resolution * resolution * static_cast<double>(kept));
}

/// Obeys qp, macroblock, resolution, framerate and filter-pixel, of which thresholds below 0.1 drop
/// no frame and t keeps every (1 + floor(10 t))th. Packets carry the pictures themselves; `bytes`
/// is fake_bytes(), not their size.
class FakeCodec : public Codec {
  public:
    /// Called at the start of each encode; may throw or sleep.
    std::function<void(const Configuration&)> on_encode = [](const Configuration&) {};
    std::string name = "fake";
    mutable std::atomic<int> encodes{0};
    mutable std::atomic<int> decodes{0};

    std::string identity() const override { return name; }

    Encoded encode(const Segment& segment, const Configuration& configuration) const override {
        ++encodes;
        on_encode(configuration);
        const double rate = configuration.get("framerate", segment.fps) / segment.fps;
        const int stride = 1 + static_cast<int>(10 * configuration.get("filter-pixel", 0));
        Encoded encoded;
        encoded.size = encoded.sent_size = segment.size;
        for (int i = 0; i < static_cast<int>(segment.frames.size()); ++i) {
            if (i > 0 && std::floor(i * rate) <= std::floor((i - 1) * rate)) continue;
            if (i % stride != 0) continue;
            cv::Mat picture = segment.frames[static_cast<std::size_t>(i)].clone();
            for (int cell = 0; cell < FakeScene{.size = segment.size}.cells(); ++cell) {
                const double survival = fake_survival(configuration, cell);
                cv::Mat part = picture(fake_cell_box({.size = segment.size}, cell));
                part.convertTo(part, CV_8U, survival, kGrey * (1 - survival));
            }
            encoded.kept.push_back(i);
            encoded.packets.emplace_back(picture.data, picture.data + picture.total());
            encoded.encoded_units += segment.size.area();
        }
        encoded.bytes = fake_bytes(configuration, segment.size, encoded.kept.size());
        return encoded;
    }

    std::vector<cv::Mat> decode(const Encoded& encoded) const override {
        ++decodes;
        std::vector<cv::Mat> pictures;
        for (const auto& packet : encoded.packets) {
            cv::Mat picture(encoded.size.height * 3 / 2, encoded.size.width, CV_8UC1);
            std::copy(packet.begin(), packet.end(), picture.data);
            pictures.push_back(std::move(picture));
        }
        return pictures;
    }
};

/// Scores every cell that stands out from grey: score = acuity x contrast / 110, at most 1. So with
/// the threshold of 0.5 and an acuity of 1 an object counts while its contrast is at least 55. Its
/// work is in proportion to its acuity.
class FakeModel : public Model {
  public:
    static constexpr double kFullContrast = 110;

    /// Called at the start of each infer and gradient; may throw or sleep.
    std::function<void()> on_use = [] {};
    mutable std::atomic<int> infers{0};  ///< calls
    mutable std::atomic<int> forward_frames{0};
    mutable std::atomic<int> proposes{0};  ///< calls
    mutable std::atomic<int> gradients{0};
    mutable std::atomic<int> gflops{0};

    /// With exits, each sees and works its share of what the whole does.
    explicit FakeModel(double acuity = 1, double threshold = 0.5, int exits = 0) : acuity_(acuity) {
        sidecar_.exits = exits;
        sidecar_.file = "fake.json";
        sidecar_.task = "detect";
        sidecar_.input_kind = "video";
        sidecar_.size_multiple = kTileSize;
        sidecar_.output = "boxes_scores";
        sidecar_.classes = {{0, "object"}};
        sidecar_.score_threshold = threshold;
    }

    const Sidecar& sidecar() const override { return sidecar_; }

    std::vector<FrameOutput> infer(const std::vector<cv::Mat>& pictures,
                                   int exit = 0) const override {
        ++infers;
        forward_frames += static_cast<int>(pictures.size());
        on_use();
        std::vector<FrameOutput> output;
        output.reserve(pictures.size());
        for (const cv::Mat& picture : pictures) {
            output.push_back(look(picture, sidecar_.score_floor(), exit));
        }
        return output;
    }

    std::vector<FrameProposals> propose(const std::vector<cv::Mat>& pictures, double floor,
                                        int exit) const override {
        ++proposes;
        std::vector<FrameProposals> proposals;
        for (const cv::Mat& picture : pictures) {
            proposals.push_back(
                {.boxes = look(picture, floor, exit).detections, .uncertainty = {}});
        }
        return proposals;
    }

    /// Saliency of a cell is the slope of the utility in its score, 0 where nothing is detected.
    Gradient gradient(const cv::Mat& picture, double floor, int exit = 0) const override {
        ++gradients;
        on_use();
        Gradient gradient;
        gradient.saliency =
            cv::Mat::zeros(picture.rows / kTileSize, picture.cols / kTileSize, CV_32F);
        for (const Detection& seen : look(picture, floor, exit).detections) {
            const double z = 1 / (1 + std::exp(-20 * (seen.score - sidecar_.score_threshold)));
            gradient.utility += z;
            gradient.saliency.at<float>(static_cast<int>(seen.y1) / kTileSize,
                                        static_cast<int>(seen.x1) / kTileSize) =
                static_cast<float>(20 * z * (1 - z));
        }
        return gradient;
    }

    double gflop(cv::Size size, int exit) const override {
        ++gflops;
        return acuity(exit) * size.area() * 1e-6;
    }

  private:
    double acuity(int exit) const { return exit == 0 ? acuity_ : acuity_ * exit / sidecar_.exits; }

    FrameOutput look(const cv::Mat& picture, double floor, int exit) const {
        FrameOutput output;
        for (int y = 0; y + kTileSize <= picture.rows; y += kTileSize) {
            for (int x = 0; x + kTileSize <= picture.cols; x += kTileSize) {
                const double red = cv::mean(picture(cv::Rect(x, y, kTileSize, kTileSize)))[0];
                // The luma that a grey cell had, before it became a picture of full range.
                const double contrast = std::round(16 + red * 219 / 255) - kGrey;
                const double score = std::min(1.0, acuity(exit) * contrast / kFullContrast);
                if (score <= floor) continue;
                const auto left = static_cast<float>(x), top = static_cast<float>(y);
                output.detections.push_back(
                    {left, top, left + kTileSize, top + kTileSize, static_cast<float>(score), 0});
            }
        }
        std::stable_sort(output.detections.begin(), output.detections.end(),
                         [](const Detection& a, const Detection& b) { return a.score > b.score; });
        return output;
    }

    double acuity_;
    Sidecar sidecar_;
};

/// A network that costs a tenth of the largest model, and does what the function does.
class FakeNetwork : public Network {
  public:
    std::function<cv::Mat(const cv::Mat&)> does;
    mutable std::atomic<int> runs{0};

    explicit FakeNetwork(std::function<cv::Mat(const cv::Mat&)> what) : does(std::move(what)) {}

    cv::Mat run(const cv::Mat& picture) const override {
        ++runs;
        return does(picture);
    }
    double gflop(cv::Size size) const override { return size.area() * 1e-7; }
};

/// The importance of a cell: 0.1, and more for what stands out from grey.
inline cv::Mat fake_importance(const cv::Mat& picture) {
    cv::Mat tiles(picture.rows / kTileSize, picture.cols / kTileSize, CV_32F);
    for (int row = 0; row < tiles.rows; ++row) {
        for (int column = 0; column < tiles.cols; ++column) {
            const cv::Rect tile(column * kTileSize, row * kTileSize, kTileSize, kTileSize);
            const double bright = (cv::mean(picture(tile))[0] - 130) / 125;
            tiles.at<float>(row, column) =
                static_cast<float>(std::clamp(0.1 + bright * 0.8, 0.1, 1.0));
        }
    }
    return tiles;
}

/// Twice the contrast, as far as there is room for it.
inline cv::Mat fake_enlarged(const cv::Mat& picture) {
    cv::Mat larger;
    picture.convertTo(larger, CV_8U, 2, -130);  // mid-grey is 130 as a picture
    return larger;
}

/// A model under a name that is its own in the trace.
inline Dnn fake_dnn(const std::string& size, const FakeModel& model, Hash128 identity,
                    int exit = 0) {
    return {.name = "fake",
            .size = size,
            .identity = identity,
            .threshold = model.sidecar().score_threshold,
            .family = "fake",
            .exit = exit,
            .model = [&model]() -> const Model& { return model; }};
}

/// A codec and a model as Instruments that count what they do.
struct FakeInstruments {
    FakeCodec codec;
    FakeModel model;
    FakeModel small{0.8};       ///< sees less, for four fifths of the work
    FakeModel nano{0.5, 0.35};  ///< half the work; less sure of what it sees, which counts sooner
    FakeNetwork importance{fake_importance};
    FakeNetwork enlarger{fake_enlarged};
    Instruments instruments{
        .encoder = "fake",
        .input = input_space(model.sidecar()),
        .codec = [this]() -> const Codec& { return codec; },
        .dnns = {fake_dnn("", model, {1, 2})},
    };

    FakeInstruments() = default;
    /// With networks beside the model.
    void use_networks() {
        const auto network = [](const char* role, const FakeNetwork& is, Hash128 identity) {
            return Auxiliary{role, role, identity, [&is]() -> const Network& { return is; }};
        };
        instruments.auxiliaries = {network("importance", importance, {7, 8}),
                                   network("enlarge", enlarger, {9, 10})};
    }
    /// The three models as the values m, s and n of the knob `model`.
    void use_sizes() {
        instruments.dnns = {fake_dnn("m", model, {1, 2}), fake_dnn("s", small, {3, 4}),
                            fake_dnn("n", nano, {5, 6})};
    }
    FakeInstruments(const FakeInstruments&) = delete;
    FakeInstruments& operator=(const FakeInstruments&) = delete;
};

}  // namespace oneadapt::test
