#include "schemes/toys/toy.hpp"

// A tracker on the camera: one frame of each segment is sent, and its boxes follow what moves in
// the frames after it, as Glimpse's do.

namespace oneadapt {
namespace {

/// How far each object that stood in a tile of the first frame has moved in each frame: the tile
/// that it stands in. A query of this file alone.
struct Follow {
    struct Value {
        std::vector<std::vector<std::int32_t>> tiles;  ///< [frame][object], in order of appearance
    };
    static constexpr const char* kName = "toy-follow";

    void key(Hasher& hasher, const Lab& /*lab*/) const { hasher.add("toy-follow"); }
    Value measure(Lab& lab) const {
        Value value;
        for (const cv::Mat& picture : lab.source()) {
            auto& tiles = value.tiles.emplace_back();
            for (int y = 0; y < picture.rows; y += kTileSize) {
                for (int x = 0; x < picture.cols; x += kTileSize) {
                    if (picture.at<cv::Vec3b>(y + 1, x + 1)[0] > 150) {
                        tiles.push_back(y / kTileSize * (picture.cols / kTileSize) + x / kTileSize);
                    }
                }
            }
        }
        return value;
    }
};

std::vector<std::byte> to_bytes(const Follow::Value& value) {
    std::vector<std::byte> bytes;
    for (const auto& tiles : value.tiles) {
        bytes.push_back(static_cast<std::byte>(tiles.size()));
        for (const std::int32_t tile : tiles) bytes.push_back(static_cast<std::byte>(tile));
    }
    return bytes;
}

void from_bytes(std::span<const std::byte> bytes, Follow::Value& value) {
    for (std::size_t at = 0; at < bytes.size();) {
        auto& tiles = value.tiles.emplace_back();
        const auto count = static_cast<std::size_t>(bytes[at++]);
        for (std::size_t i = 0; i < count; ++i) {
            tiles.push_back(static_cast<std::int32_t>(bytes[at++]));
        }
    }
}

class Tracker final : public Scheme {
  public:
    Delivery play(Testbed& testbed) override {
        Camera& camera = testbed.camera();
        EncodePlan first(Configuration::parse("qp=20"));
        first.frames = {0};
        const auto sent = testbed.link().up(camera.encode(first));
        const auto seen = testbed.server().infer(sent, testbed.dnn(first.how));
        const auto boxes = testbed.link().down(seen, 100);

        const int last = testbed.segment().frames - 1;
        const auto followed = camera.compute(Follow{}, last, 0.01);
        const auto tracked = camera.make(track(camera.read(boxes), camera.read(followed)));
        Delivery delivery(first.how.text());
        delivery.show(0, seen, 0);
        for (int frame = 1; frame <= last; ++frame) delivery.show(frame, tracked, frame);
        return delivery;
    }

  private:
    static Output track(const Output& seen, const Follow::Value& followed) {
        Output output = seen;
        for (std::size_t frame = 1; frame < output.frames.size(); ++frame) {
            auto& detections = output.frames[frame].detections;
            detections.clear();
            for (const std::int32_t tile : followed.tiles[frame]) {
                const auto x = static_cast<float>(tile % 4 * kTileSize);
                const auto y = static_cast<float>(tile / 4 * kTileSize);
                detections.push_back({x, y, x + kTileSize, y + kTileSize, 1, 0});
            }
        }
        return output;
    }
};

class TrackerTest : public test::ToyTest {};

TEST_F(TrackerTest, ItsFirstFrameComesFromTheServerAndTheOthersFromTheCamera) {
    Tracker toy;
    const auto played = play(toy);
    acts_.resize(5);
    // Frame 0 is captured after 0.1 s; the tracker waits for the last frame.
    EXPECT_THAT(acts_, ::testing::ElementsAre(
                           ::testing::HasSubstr("camera encode qp=20"),
                           "uplink footage 0.110-0.120", "server infer 1 0.120-0.140",
                           "downlink message 0.140-0.150", "camera toy-follow 1.000-1.010"));
    EXPECT_NEAR(played[0].delay->value, 0.01, 1e-9);
    EXPECT_EQ(played[0].ledger.camera_encodes, 1);
    EXPECT_EQ(played[0].ledger.forward_frames, 1);
    EXPECT_NEAR(played[0].ledger.gflop, stage_.world().dnns[0].gflop + 0.01, 1e-12);
}

TEST_F(TrackerTest, FollowsWhatMoves) {
    Tracker toy;
    EXPECT_GT(play(toy)[0].accuracy, 0.9);
}

}  // namespace
}  // namespace oneadapt
