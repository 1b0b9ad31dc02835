#include "world.hpp"

#include "random.hpp"

namespace oneadapt::render {

namespace {

constexpr float view_behind = 30;  // metres along the road that are kept behind the camera
constexpr float view_ahead = 170;  // and ahead of it
constexpr float time_step = 0.5F;  // seconds between looks ahead, when the world is laid out
constexpr float lamplit = 0.4F;    // what a camera makes of a tunnel's lamps, as a scene's light

ObjectClass vehicle_kind(std::uint32_t looks) {
    const float draw = unit(hash(looks, 1));
    if (draw < 0.74F) return ObjectClass::car;
    return draw < 0.88F ? ObjectClass::truck : ObjectClass::bus;
}

float heading_of(Vec3 direction) {
    return std::atan2(direction.x, direction.z) * 180.0F / std::numbers::pi_v<float>;
}

/// A smooth tremble in -1 to 1, different for each `key`.
float tremble(float seconds, float key) {
    return 0.5F * std::sin(seconds * 5.1F + key * 1.7F) +
           0.3F * std::sin(seconds * 11.3F + key * 2.9F) +
           0.2F * std::sin(seconds * 23.7F + key * 0.6F);
}

}  // namespace

World::World(const Scene& scene) : scene_(scene), town_{scene.lanes, {}} {
    for (const TunnelRide& ride : scene_.tunnels) {
        town_.tunnels.push_back({camera_z(ride.start), camera_z(ride.start + ride.seconds)});
    }
    add_lanes();
    add_parked();
    add_walkers();
    add_crossings();
    for (const Event& event : scene_.events) add_event(event);
    const float last = camera_z(scene_.seconds) + view_ahead;
    const float first = Town::nearest_junction(-view_behind) - Town::block;
    for (float junction = first; junction < last; junction += Town::block) build_block(junction);
    for (const Town::Tunnel& tunnel : town_.tunnels) build_tunnel(tunnel);
}

float World::camera_z(float seconds) const {
    return scene_.camera.speed.integral(seconds);
}

float World::focus_z(float seconds) const {
    const CameraSpec& camera = scene_.camera;
    if (camera.kind != CameraKind::drone) return camera_z(seconds) + 35;
    const float pitch = std::max(camera.pitch.at(seconds), 20.0F);
    return camera_z(seconds) + camera.height.at(seconds) / std::tan(radians(pitch));
}

Camera World::camera_at(float seconds) const {
    const CameraSpec& spec = scene_.camera;
    const float size = spec.shake * (spec.kind == CameraKind::fixed ? 0.04F : 0.4F);
    const auto shake = [&](float key) { return size * tremble(seconds, key); };
    Vec3 position{spec.x, spec.height.at(seconds), camera_z(seconds)};
    if (spec.kind == CameraKind::dashcam) position.y += 0.05F * shake(4);
    return make_camera(position, spec.yaw.at(seconds) + shake(1), spec.pitch.at(seconds) + shake(2),
                       0.6F * shake(3), spec.fov.at(seconds), scene_.width, scene_.height);
}

Conditions World::conditions_at(float seconds) const {
    Conditions conditions;
    constexpr float looks_ahead = 12;  // metres: a camera is set for what lies before it
    const float z = camera_z(seconds);
    conditions.light = scene_.light.at(seconds);
    conditions.exposed = mix(conditions.light, lamplit, town_.cover(z + looks_ahead));
    conditions.rain = scene_.rain.at(seconds) * (1 - town_.cover(z));
    conditions.noise = scene_.noise.at(seconds);
    const float azimuth = radians(scene_.sun_azimuth);
    const float elevation = radians(scene_.sun_elevation);
    conditions.to_sun = {std::sin(azimuth) * std::cos(elevation), std::sin(elevation),
                         std::cos(azimuth) * std::cos(elevation)};
    conditions.headlights = conditions.exposed < 0.5F || conditions.rain > 0.5F;
    return conditions;
}

Vec3 World::position_of(const Mover& mover, float seconds) const {
    float distance = mover.speed * (seconds - mover.start);
    if (mover.pace == Pace::traffic) {
        distance = mover.speed * scene_.traffic_speed.integral(seconds);
    } else if (mover.pace == Pace::escort) {
        const float key = unit(hash(mover.actor.looks, 8)) * 6;
        distance =
            camera_z(seconds) + mover.speed * seconds + 1.2F * std::sin(seconds * 0.4F + key);
    }
    return mover.origin + mover.direction * distance;
}

/// When a mover passes the place that the camera looks at: that time's density decides whether it
/// exists.
float World::time_in_focus(const Mover& mover) const {
    float best_time = 0;
    float best_gap = 1e9F;
    for (float time = 0; time <= scene_.seconds; time += time_step) {
        const float gap = std::abs(position_of(mover, time).z - focus_z(time));
        if (gap < best_gap) {
            best_gap = gap;
            best_time = time;
        }
    }
    return best_time;
}

/// The range of origins along z from which a mover comes into view at some time.
World::Span World::origins_in_view(const Mover& mover) const {
    Span span{1e9F, -1e9F};
    for (float time = 0; time <= scene_.seconds; time += time_step) {
        const float travelled = position_of(mover, time).z - mover.origin.z;
        span.low = std::min(span.low, camera_z(time) - view_behind - travelled);
        span.high = std::max(span.high, camera_z(time) + view_ahead - travelled);
    }
    return span;
}

void World::add_mover(Mover mover, ObjectClass kind, std::uint32_t looks) {
    mover.actor.id = static_cast<std::int32_t>(movers_.size()) + 1;
    mover.actor.kind = kind;
    mover.actor.looks = looks;
    mover.actor.scale = scene_.object_scale;
    mover.actor.pose.heading = heading_of(mover.direction);
    movers_.push_back(mover);
}

void World::add_if_wanted(const Mover& mover, const Curve& share, std::uint32_t key,
                          ObjectClass kind) {
    if (unit(hash(key, 2)) < share.at(time_in_focus(mover))) add_mover(mover, kind, key);
}

void World::add_traffic(std::uint32_t lane_key, float x, float direction, Pace pace, float speed) {
    constexpr float spacing = 19;
    Mover mover;
    mover.pace = pace;
    mover.speed = speed;
    mover.direction = {0, 0, direction};
    mover.origin.x = x;
    mover.end = scene_.seconds + 1;
    const Span span = origins_in_view(mover);
    const bool own_lane = pace == Pace::escort && speed == 0.0F;
    for (float z = std::floor(span.low / spacing) * spacing; z < span.high; z += spacing) {
        const auto slot = static_cast<std::uint32_t>(static_cast<int>(z / spacing));
        const std::uint32_t key = hash(scene_.seed, lane_key, slot);
        mover.origin.z = z + 4 * (unit(hash(key, 7)) - 0.5F);
        mover.origin.x = x + 0.6F * (unit(hash(key, 8)) - 0.5F);
        if (own_lane && std::abs(mover.origin.z) < 14) continue;
        add_if_wanted(mover, scene_.traffic, key, vehicle_kind(key));
    }
}

void World::add_lanes() {
    const bool dashcam = scene_.camera.kind == CameraKind::dashcam;
    const int own = dashcam ? static_cast<int>(scene_.camera.x / Town::lane_width) : 0;
    for (int lane = 0; lane < scene_.lanes; ++lane) {
        const auto key = static_cast<std::uint32_t>(lane);
        const float x = Town::lane_width * (static_cast<float>(lane) + 0.5F);
        const float factor = 1.05F - 0.12F * static_cast<float>(lane);
        add_traffic(100 + key, -x, -1, Pace::traffic, factor);
        if (dashcam && lane == own && !scene_.own_lane) continue;
        if (dashcam) {
            add_traffic(200 + key, x, 1, Pace::escort, 2.2F * static_cast<float>(own - lane));
        } else {
            add_traffic(200 + key, x, 1, Pace::traffic, factor);
        }
    }
}

void World::add_parked() {
    constexpr float spacing = 7;
    for (const float side : {-1.0F, 1.0F}) {
        Mover mover;
        mover.actor.parked = true;
        mover.direction = {0, 0, side};
        mover.end = scene_.seconds + 1;
        const Span span = origins_in_view(mover);
        for (float z = std::floor(span.low / spacing) * spacing; z < span.high; z += spacing) {
            const auto slot = static_cast<std::uint32_t>(static_cast<int>(z / spacing));
            const std::uint32_t key = hash(scene_.seed, side > 0 ? 301 : 300, slot);
            mover.origin = {side * (town_.road_half() - 1.2F), 0, z + unit(hash(key, 7))};
            const bool junction = std::abs(z - Town::nearest_junction(z)) < 14;
            if (!junction) add_if_wanted(mover, scene_.parked, key, ObjectClass::car);
        }
    }
}

void World::add_walkers() {
    constexpr float spacing = 10;
    for (std::uint32_t row = 0; row < 4; ++row) {
        const float side = row % 2 == 0 ? -1.0F : 1.0F;
        Mover mover;
        mover.direction = {0, 0, row < 2 ? 1.0F : -1.0F};
        mover.speed = 1.25F;
        mover.end = scene_.seconds + 1;
        const Span span = origins_in_view(mover);
        for (float z = std::floor(span.low / spacing) * spacing; z < span.high; z += spacing) {
            const auto slot = static_cast<std::uint32_t>(static_cast<int>(z / spacing));
            const std::uint32_t key = hash(scene_.seed, 400 + row, slot);
            const float aside = (row < 2 ? 0.7F : 2.3F) + 1.2F * unit(hash(key, 8));
            mover.origin = {side * (town_.road_half() + aside), 0, z + 8 * unit(hash(key, 7))};
            mover.speed = 1.25F + 0.1F * (unit(hash(key, 9)) - 0.5F);
            add_if_wanted(mover, scene_.pedestrians, key, ObjectClass::person);
        }
    }
}

void World::add_crossings() {
    const float half = town_.road_half() + 1.5F;
    const float last = camera_z(scene_.seconds) + view_ahead;
    for (float z = Town::nearest_junction(0) - Town::block; z < last; z += Town::block) {
        if (town_.roofed(z)) continue;
        const auto slot = static_cast<std::uint32_t>(static_cast<int>(z));
        for (int i = -8; i < static_cast<int>(scene_.seconds); ++i) {
            const std::uint32_t key =
                hash(scene_.seed, 500 + slot, static_cast<std::uint32_t>(i + 100));
            const float side = unit(hash(key, 4)) < 0.5F ? -1.0F : 1.0F;
            Mover mover;
            mover.direction = {side, 0, 0};
            const float edge = unit(hash(key, 6)) < 0.5F ? -1.0F : 1.0F;
            const float place = Town::side_street_half + 2.2F + 2.4F * unit(hash(key, 8));
            mover.origin = {-side * half, 0, z + edge * place};
            mover.speed = 1.2F + 0.5F * unit(hash(key, 9));
            mover.start = static_cast<float>(i) + unit(hash(key, 5));
            mover.end = mover.start + 2 * half / mover.speed;
            if (unit(hash(key, 2)) < 0.3F * scene_.pedestrians.at(mover.start)) {
                add_mover(mover, ObjectClass::person, key);
            }
        }
    }
}

void World::add_event(const Event& event) {
    const bool cars = event.kind == EventKind::far_cars;
    const float wanted = camera_z(event.start) + event.distance;
    const float half = cars ? 45.0F : town_.road_half() + 1.5F;
    for (int i = 0; i < event.count; ++i) {
        const std::uint32_t key = hash(scene_.seed, 600 + static_cast<std::uint32_t>(i),
                                       static_cast<std::uint32_t>(event.start * 10));
        const float side = i % 2 == 0 ? -1.0F : 1.0F;
        const int pair = i / 2;
        const auto order = static_cast<float>(pair);
        Mover mover;
        mover.direction = {side, 0, 0};
        if (cars) {
            mover.origin = {-side * half, 0, Town::nearest_junction(wanted) - side * 1.8F};
            mover.speed = 2 * half / event.seconds;
            mover.start = event.start + order * 9 / mover.speed - 0.3F * event.seconds;
        } else {
            mover.origin = {-side * half, 0, wanted + 5 * (unit(hash(key, 8)) - 0.5F)};
            mover.speed = 1.3F + 0.5F * unit(hash(key, 9));
            mover.start = event.start + event.seconds * (unit(hash(key, 5)) - 0.5F);
        }
        mover.end = mover.start + 2 * half / mover.speed;
        add_mover(mover, cars ? ObjectClass::car : ObjectClass::person, key);
    }
}

std::vector<Actor> World::actors_at(float seconds) const {
    std::vector<Actor> actors;
    const float z = camera_z(seconds);
    for (const Mover& mover : movers_) {
        const bool alive = mover.speed == 0.0F || mover.pace != Pace::steady ||
                           (seconds >= mover.start && seconds <= mover.end);
        if (!alive) continue;
        Actor actor = mover.actor;
        actor.pose.position = position_of(mover, seconds);
        const float ahead = actor.pose.position.z - z;
        if (ahead < -view_behind || ahead > view_ahead) continue;
        actor.stride = mover.speed * seconds + unit(hash(actor.looks, 12)) * 6;
        actors.push_back(actor);
    }
    return actors;
}

}  // namespace oneadapt::render
