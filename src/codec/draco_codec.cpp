#include "codec/draco_codec.hpp"

#include <draco/core/draco_version.h>
#include <fmt/format.h>

#include "codec/point_coding.hpp"
#include "support/interrupt.hpp"

namespace oneadapt {
namespace {

class DracoCodec final : public Codec {
  public:
    std::string identity() const override {
        return fmt::format("draco {} / k-d tree / cube {} m / a cloud for each number of bits",
                           draco::kDracoVersion, kCubeSide);
    }

    Encoded encode(const Segment& segment, const Configuration& configuration) const override {
        const auto tiles = configuration.values().find("lidar-tiles");
        const std::vector<double> bits =
            tiles != configuration.values().end()
                ? tiles->second
                : std::vector<double>{configuration.get("lidar-bits", kNeutralLidarBits)};
        const double share = configuration.get("lidar-points", kNeutralLidarPoints);
        Encoded encoded;
        encoded.size = segment.size;
        encoded.fps = segment.fps;
        encoded.kept = kept_frames(segment, configuration.get("framerate", segment.fps));
        for (const int frame : encoded.kept) {
            check_interrupt();
            const cv::Mat& points = segment.frames[static_cast<std::size_t>(frame)];
            const cv::Mat sent = thin_points(points, share);
            encoded.packets.push_back(encode_points(sent, bits));
            encoded.encoded_units += sent.rows;
            encoded.bytes += static_cast<std::int64_t>(encoded.packets.back().size());
        }
        return encoded;
    }

    std::vector<cv::Mat> decode(const Encoded& encoded) const override {
        std::vector<cv::Mat> frames;
        for (const auto& packet : encoded.packets) {
            check_interrupt();
            frames.push_back(decode_points(packet));
        }
        return frames;
    }
};

}  // namespace

std::unique_ptr<Codec> make_draco(const std::string& preset) {
    refuse_preset("draco", preset);
    return std::make_unique<DracoCodec>();
}

}  // namespace oneadapt
