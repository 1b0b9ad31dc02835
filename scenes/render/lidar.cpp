#include "lidar.hpp"

#include <unordered_map>

#include "noise.hpp"
#include "raycast.hpp"
#include "support/errors.hpp"
#include "surface.hpp"

namespace oneadapt::render {

namespace {

constexpr float range_noise = 0.02F;  // metres
constexpr float faintest = 0.02F;     // least light that is noticed; 1: from a white wall far away
constexpr float farthest_demanded = 48;
constexpr int fewest_demanded = 8;

/// From the world's directions to the sensor's.
Vec3 to_sensor(Vec3 world) {
    return {world.z, -world.x, world.y};
}

/// The share of a beam's light that a surface throws back when it is hit at a right angle.
float reflectance(const Triangle& triangle, Vec3 place, float distance, const World& world,
                  const Conditions& conditions) {
    const float brightness = (triangle.tint.x + triangle.tint.y + triangle.tint.z) / 3;
    switch (triangle.material) {
        case Material::ground: {
            SurfacePoint point;
            point.position = place;
            point.narrow = point.wide = 0.05F + 0.003F * distance;  // a beam's width
            point.triangle = &triangle;
            return std::min(1.3F * look_of(point, world.town(), conditions).albedo.y, 1.0F);
        }
        case Material::paint:
            return 0.2F + 0.5F * brightness;
        case Material::foliage:
            return 0.45F;
        case Material::skin:
            return 0.5F;
        case Material::lamp:
            return 0.9F;  // its reflector
        case Material::glass:
        case Material::rubber:
            return 0.05F;
        default:
            return std::min(0.15F + 0.7F * brightness, 1.0F);
    }
}

/// Turns hits into the returns that the sensor reports.
class Receiver {
  public:
    Receiver(const World& world, Vec3 position, float seconds, std::uint32_t seed)
        : world_(world),
          conditions_(world.conditions_at(seconds)),
          position_(position),
          random_(seed),
          noise_(hash(seed, 1)) {}

    void receive(const Hit& hit, Vec3 direction) {
        const Triangle& triangle = *hit.triangle;
        const Vec3 place = position_ + direction * hit.distance;
        const float facing = std::abs(dot(triangle.normal, direction));
        const float thrown =
            facing * reflectance(triangle, place, hit.distance, world_, conditions_);
        const float share = hit.distance / lidar::range;
        float lost = 0.02F + 0.1F * share * share + conditions_.rain * (0.04F + 0.4F * share);
        if (triangle.material == Material::glass) lost += 0.4F;
        if (thrown < faintest * share * share || random_.chance(lost)) return;
        const Vec3 point = to_sensor(direction) * (hit.distance + range_noise * noise_.next());
        const float intensity = std::clamp(thrown + 0.02F * noise_.next(), 0.0F, 1.0F);
        points_.push_back({point.x, point.y, point.z, intensity});
        ++returns_[triangle.instance];
    }

    [[nodiscard]] std::vector<LidarPoint> take_points() { return std::move(points_); }

    /// How many returns came from an actor.
    [[nodiscard]] int returns_of(std::int32_t id) const {
        const auto found = returns_.find(id);
        return found == returns_.end() ? 0 : found->second;
    }

  private:
    const World& world_;
    Conditions conditions_;
    Vec3 position_;
    Random random_;
    NormalNoise noise_;
    std::vector<LidarPoint> points_;
    std::unordered_map<std::int32_t, int> returns_;
};

/// The extent of a thing along its own axes.
struct Bounds {
    Vec3 low{1e9F, 1e9F, 1e9F};
    Vec3 high{-1e9F, -1e9F, -1e9F};

    void include(Vec3 p) {
        low = {std::min(low.x, p.x), std::min(low.y, p.y), std::min(low.z, p.z)};
        high = {std::max(high.x, p.x), std::max(high.y, p.y), std::max(high.z, p.z)};
    }
};

/// The tight box round an actor, along its heading.
Box3d box_of(const Actor& actor, Vec3 sensor) {
    Mesh mesh;
    add_actor(mesh, actor);
    Bounds bounds;
    for (const Triangle& triangle : mesh) {
        for (const Vertex& corner : triangle.corners) {
            bounds.include(actor.pose.local(corner.position));
        }
    }
    Box3d box;
    box.kind = actor.kind;
    box.id = actor.id;
    box.centre = to_sensor(actor.pose.place((bounds.low + bounds.high) * 0.5F) - sensor);
    const Vec3 extent = bounds.high - bounds.low;
    box.size = {extent.z, extent.x, extent.y};
    box.yaw = 0 - radians(actor.pose.heading);  // never -0
    return box;
}

}  // namespace

Vec3 lidar_position(const World& world, float seconds) {
    const CameraKind kind = world.scene().camera.kind;
    if (kind == CameraKind::drone) {
        throw UsageError("sensor lidar", "is not carried by a drone",
                         "use a scene with a fixed camera or a dashcam");
    }
    const Vec3 camera = world.camera_at(seconds).position;
    return {camera.x, kind == CameraKind::dashcam ? lidar::roof : camera.y, camera.z};
}

Sweep sweep_of(const World& world, int index) {
    constexpr BeamGrid grid{lidar::columns, lidar::beams, lidar::highest, lidar::lowest};
    Sweep sweep;
    sweep.seconds = static_cast<float>(index) / lidar::sweeps_per_second;
    const Vec3 position = lidar_position(world, sweep.seconds);
    const std::vector<Actor> actors = world.actors_at(sweep.seconds);
    const Mesh mesh = world.geometry_at(sweep.seconds, actors);
    const std::vector<Hit> hits = cast(grid, position, lidar::range, mesh);
    Receiver receiver(world, position, sweep.seconds,
                      hash(world.scene().seed, static_cast<std::uint32_t>(index), 930));
    for (int column = 0; column < grid.columns; ++column) {
        for (int row = 0; row < grid.rows; ++row) {
            const int beam = row * grid.columns + column;
            const Hit& hit = hits[static_cast<std::size_t>(beam)];
            if (hit.triangle != nullptr) receiver.receive(hit, grid.direction(row, column));
        }
    }
    sweep.points = receiver.take_points();
    for (const Actor& actor : actors) {
        const int points = receiver.returns_of(actor.id);
        if (points == 0) continue;
        Box3d box = box_of(actor, position);
        box.points = points;
        box.ignored =
            points < fewest_demanded || std::hypot(box.centre.x, box.centre.y) > farthest_demanded;
        sweep.boxes.push_back(box);
    }
    return sweep;
}

}  // namespace oneadapt::render
