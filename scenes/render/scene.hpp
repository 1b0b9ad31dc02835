#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

namespace oneadapt::render {

/// A value over time: straight lines between (seconds, value) points, constant outside them.
class Curve {
  public:
    Curve(float constant) : points_{{0.0F, constant}} {}  // NOLINT: a number is a curve
    explicit Curve(std::vector<std::pair<float, float>> points) : points_(std::move(points)) {}

    [[nodiscard]] float at(float seconds) const;

    /// The area under the curve from 0 to `seconds` (negative before 0).
    [[nodiscard]] float integral(float seconds) const;

    [[nodiscard]] const std::vector<std::pair<float, float>>& points() const { return points_; }

  private:
    std::vector<std::pair<float, float>> points_;
};

enum class CameraKind { fixed, dashcam, drone };

/// How the camera stands and moves. Metres, metres per second, degrees.
struct CameraSpec {
    CameraKind kind = CameraKind::fixed;
    float x = 0;       ///< across the road, from its middle line
    float shake = 0;   ///< size of the tremble
    Curve fov = 60;    ///< horizontal field of view
    Curve height = 6;  ///< above the ground
    Curve pitch = 12;  ///< tilt below the horizon
    Curve yaw = 0;     ///< to the right of the road's direction
    Curve speed = 0;   ///< along the road
};

enum class EventKind { far_cars, crowd };

/// Extra actors for a while: small cars on the side street `distance` metres ahead of the camera,
/// or a crowd walking over the road there.
struct Event {
    EventKind kind = EventKind::far_cars;
    float start = 0;
    float seconds = 5;
    float distance = 60;
    int count = 6;
};

/// A dashcam drives through a tunnel from `start` on for `seconds`.
struct TunnelRide {
    float start = 0;
    float seconds = 20;
};

/// All that a clip is made from.
struct Scene {
    std::uint32_t seed = 1;
    CameraSpec camera;
    int width = 640;
    int height = 384;
    float fps = 10;
    float seconds = 30;
    int lanes = 2;             ///< per direction
    bool own_lane = true;      ///< whether others drive before and behind a dashcam, all the time
    Curve traffic = 0.4F;      ///< share of the places in the lanes that are taken, 0 to 1
    Curve traffic_speed = 9;   ///< metres per second
    Curve pedestrians = 0.4F;  ///< share of the places on the pavements that are taken, 0 to 1
    Curve parked = 0.25F;      ///< share of the parking places that are taken, 0 to 1
    float object_scale = 1;    ///< factor on the size of vehicles and persons
    float sun_azimuth = 60;    ///< degrees, as the camera's yaw
    float sun_elevation = 45;  ///< degrees above the horizon
    Curve light = 1;           ///< 1 bright day, 0.3 dusk, 0 night
    Curve rain = 0;            ///< 0 dry, 1 downpour
    Curve noise = 0.01F;       ///< standard deviation of the sensor's noise at full light, of 1
    std::vector<Event> events;
    std::vector<TunnelRide> tunnels;

    [[nodiscard]] int frame_count() const;
};

/// Reads a scene file. Throws InputError when it is missing, is not JSON, has an unknown key or a
/// value outside its range; the message names the file and the key.
Scene load_scene(const std::filesystem::path& file);

/// A scene of the given kind with everything drawn from `seed`: what detectors are trained on.
Scene random_scene(CameraKind kind, std::uint32_t seed);

/// The camera kind of that name ("fixed", "dashcam", "drone"). Throws UsageError for another.
CameraKind camera_kind(const std::string& name);

}  // namespace oneadapt::render
