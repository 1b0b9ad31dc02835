#pragma once

#include <vector>

#include "world.hpp"

namespace oneadapt::render {

/// How the spinning LiDAR is built. Degrees, metres, seconds.
namespace lidar {
inline constexpr int beams = 32;  ///< one above the other, evenly spread
inline constexpr float highest = 8;
inline constexpr float lowest = -24;
inline constexpr int columns = 1440;  ///< directions per turn
inline constexpr float range = 100;
inline constexpr float sweeps_per_second = 10;
inline constexpr float roof = 1.9F;  ///< height of the sensor on a car
}  // namespace lidar

/// One return: metres from the sensor, x along the road, y to the left, z up; intensity 0 to 1.
struct LidarPoint {
    float x = 0, y = 0, z = 0;
    float intensity = 0;
};

/// The true place of one object in a sweep.
struct Box3d {
    ObjectClass kind = ObjectClass::car;
    std::int32_t id = 0;
    Vec3 centre;           ///< in the sensor's axes, metres
    Vec3 size;             ///< length, width, height, metres
    float yaw = 0;         ///< of the length, radians from x towards y
    int points = 0;        ///< returns from the object
    bool ignored = false;  ///< too far or too few points to demand: neither a miss nor a mistake
};

/// One turn of the sensor, all of it at the same moment.
struct Sweep {
    float seconds = 0;  ///< from the start of the scene
    std::vector<LidarPoint> points;
    std::vector<Box3d> boxes;
};

/// Where the sensor is at a time in seconds: on the roof of the car that carries the dashcam, or on
/// the mast of a fixed camera, at its height. Throws UsageError for a drone, which carries none.
Vec3 lidar_position(const World& world, float seconds);

/// The sweep number `index`, counted from 0. Objects that returned no point have no box; those
/// that returned less than 8, or whose centre is more than 48 metres away, are ignored.
Sweep sweep_of(const World& world, int index);

}  // namespace oneadapt::render
