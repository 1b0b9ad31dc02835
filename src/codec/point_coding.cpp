#include "codec/point_coding.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <map>
#include <memory>
#include <stdexcept>

#include <draco/compression/decode.h>
#include <draco/compression/expert_encode.h>
#include <draco/core/varint_decoding.h>
#include <draco/core/varint_encoding.h>
#include <draco/point_cloud/point_cloud_builder.h>
#include <fmt/format.h>

#include "media/regions.hpp"
#include "support/errors.hpp"

namespace oneadapt {
namespace {

/// Below 4 nothing gets smaller any more, only slower.
constexpr int kSpeed = 3;
constexpr float kIntensitySteps = 255;
constexpr float kVoxelSide = 0.5F;  ///< metres

bool in_cube(const float* point) {
    return std::all_of(point, point + 3,
                       [](float metres) { return std::abs(metres) <= kCubeSide / 2; });
}

/// splitmix64's finisher (Steele, Lea, Flood 2014).
std::uint64_t mixed(std::uint64_t bits) {
    bits = (bits ^ (bits >> 30U)) * 0xbf58476d1ce4e5b9U;
    bits = (bits ^ (bits >> 27U)) * 0x94d049bb133111ebU;
    return bits ^ (bits >> 31U);
}

/// A point on its way through thin_points(). Ordered by voxel, then by chance, then by what the
/// point is, so that only equal points can change places.
struct Ranked {
    std::array<std::int32_t, 3> voxel;
    std::uint64_t chance;
    std::array<float, 4> point;

    auto operator<=>(const Ranked&) const = default;
};

Ranked ranked(const float* point) {
    Ranked out{};
    std::copy(point, point + 4, out.point.begin());
    for (std::size_t i = 0; i < 3; ++i) {
        out.voxel[i] = static_cast<std::int32_t>(std::floor(point[i] / kVoxelSide));
        out.chance = mixed(out.chance ^ std::bit_cast<std::uint32_t>(point[i]));
    }
    return out;
}

/// What Draco makes one cloud of.
struct Points {
    std::vector<std::array<float, 3>> places;
    std::vector<std::uint8_t> intensities;
};

/// Appends the cloud's length and Draco's bytes.
void append_cloud(const Points& points, int bits, std::vector<std::uint8_t>& out) {
    draco::PointCloudBuilder builder;
    builder.Start(static_cast<std::uint32_t>(points.places.size()));
    const int place =
        builder.AddAttribute(draco::GeometryAttribute::POSITION, 3, draco::DT_FLOAT32);
    const int intensity =
        builder.AddAttribute(draco::GeometryAttribute::GENERIC, 1, draco::DT_UINT8);
    if (!points.places.empty()) {  // Draco writes through the null pointer of an empty buffer
        builder.SetAttributeValuesForAllPoints(place, points.places.data(), 0);
        builder.SetAttributeValuesForAllPoints(intensity, points.intensities.data(), 0);
    }
    const std::unique_ptr<draco::PointCloud> cloud = builder.Finalize(false);

    draco::ExpertEncoder encoder(*cloud);
    const std::array<float, 3> corner = {-kCubeSide / 2, -kCubeSide / 2, -kCubeSide / 2};
    encoder.SetAttributeExplicitQuantization(place, bits, 3, corner.data(), kCubeSide);
    encoder.SetEncodingMethod(draco::POINT_CLOUD_KD_TREE_ENCODING);
    encoder.SetSpeedOptions(kSpeed, kSpeed);
    draco::EncoderBuffer buffer;
    const draco::Status status = encoder.EncodeToBuffer(&buffer);
    if (!status.ok()) throw std::runtime_error("Draco: " + status.error_msg_string());
    draco::EncoderBuffer length;
    draco::EncodeVarint(static_cast<std::uint32_t>(buffer.size()), &length);
    out.insert(out.end(), length.data(), length.data() + length.size());
    out.insert(out.end(), buffer.data(), buffer.data() + buffer.size());
}

cv::Mat decode_cloud(draco::DecoderBuffer& buffer) {
    draco::Decoder decoder;
    const auto decoded = decoder.DecodePointCloudFromBuffer(&buffer);
    if (!decoded.ok()) throw std::runtime_error("Draco: " + decoded.status().error_msg_string());
    const draco::PointCloud& cloud = *decoded.value();
    const auto* places = cloud.GetNamedAttribute(draco::GeometryAttribute::POSITION);
    const auto* intensities = cloud.GetNamedAttribute(draco::GeometryAttribute::GENERIC);
    if (places == nullptr || intensities == nullptr) {
        throw std::runtime_error("Draco: a cloud without positions or intensities");
    }
    cv::Mat points(static_cast<int>(cloud.num_points()), 4, CV_32F);
    for (int i = 0; i < points.rows; ++i) {
        const draco::PointIndex index(static_cast<std::uint32_t>(i));
        std::uint8_t steps = 0;
        places->GetMappedValue(index, points.ptr<float>(i));
        intensities->GetMappedValue(index, &steps);
        points.at<float>(i, 3) = static_cast<float>(steps) / kIntensitySteps;
    }
    return points;
}

}  // namespace

double lattice_step(int bits) {
    return static_cast<double>(kCubeSide) / (std::exp2(bits) - 1);
}

std::vector<std::uint8_t> encode_points(const cv::Mat& points, const std::vector<double>& bits) {
    if (bits.size() != 1 && bits.size() != kSweepRegions) {
        throw UsageError(
            "knob 'lidar-tiles'", fmt::format("has {} values", bits.size()),
            fmt::format("give one, or {} rings of {} sectors", kSweepRings, kSweepSectors));
    }
    std::map<int, Points> clouds;
    // A sweep without points is a cloud too, so that there is a packet for it.
    clouds.try_emplace(static_cast<int>(std::lround(bits.front())));
    for (int i = 0; i < points.rows; ++i) {
        const auto* point = points.ptr<float>(i);
        if (!in_cube(point)) continue;
        const int region = bits.size() == 1 ? 0
                                            : sweep_region(static_cast<double>(point[0]),
                                                           static_cast<double>(point[1]));
        Points& cloud =
            clouds[static_cast<int>(std::lround(bits[static_cast<std::size_t>(region)]))];
        cloud.places.push_back({point[0], point[1], point[2]});
        cloud.intensities.push_back(
            static_cast<std::uint8_t>(std::lround(point[3] * kIntensitySteps)));
    }
    std::vector<std::uint8_t> packet;
    for (const auto& [bits_of_cloud, cloud] : clouds) append_cloud(cloud, bits_of_cloud, packet);
    return packet;
}

cv::Mat decode_points(std::span<const std::uint8_t> bytes) {
    cv::Mat points(0, 4, CV_32F);
    draco::DecoderBuffer packet;
    packet.Init(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    while (packet.remaining_size() > 0) {
        std::uint32_t length = 0;
        if (!draco::DecodeVarint(&length, &packet) || length > packet.remaining_size()) {
            throw std::runtime_error("Draco: a packet that ends too early");
        }
        draco::DecoderBuffer cloud;
        cloud.Init(packet.data_head(), length);
        packet.Advance(length);
        points.push_back(decode_cloud(cloud));
    }
    return points;
}

cv::Mat thin_points(const cv::Mat& points, double share) {
    const auto wanted = static_cast<std::size_t>(std::lround(share * points.rows));
    if (wanted >= static_cast<std::size_t>(points.rows)) return points;
    std::vector<Ranked> all;
    all.reserve(static_cast<std::size_t>(points.rows));
    for (int i = 0; i < points.rows; ++i) all.push_back(ranked(points.ptr<float>(i)));
    std::ranges::sort(all);
    // The voxel's place in the order is given up for the point's rank within its voxel.
    std::array<std::int32_t, 3> voxel{};
    std::int32_t rank = -1;
    for (Ranked& point : all) {
        rank = point.voxel == voxel ? rank + 1 : 0;
        voxel = point.voxel;
        point.voxel = {rank, 0, 0};
    }
    std::ranges::sort(all);
    cv::Mat kept(static_cast<int>(wanted), 4, CV_32F);
    for (std::size_t i = 0; i < wanted; ++i) {
        std::ranges::copy(all[i].point, kept.ptr<float>(static_cast<int>(i)));
    }
    return kept;
}

}  // namespace oneadapt
