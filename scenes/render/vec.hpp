#pragma once

#include <algorithm>
#include <cmath>
#include <numbers>

namespace oneadapt::render {

/// A point, direction or linear-light colour. World axes: x right of the road, y up, z along the
/// road; lengths in metres.
struct Vec3 {
    float x = 0, y = 0, z = 0;
};

struct Vec2 {
    float x = 0, y = 0;
};

inline Vec3 operator+(Vec3 a, Vec3 b) {
    return {a.x + b.x, a.y + b.y, a.z + b.z};
}
inline Vec3 operator-(Vec3 a, Vec3 b) {
    return {a.x - b.x, a.y - b.y, a.z - b.z};
}
inline Vec3 operator*(Vec3 a, Vec3 b) {
    return {a.x * b.x, a.y * b.y, a.z * b.z};
}
inline Vec3 operator*(Vec3 a, float s) {
    return {a.x * s, a.y * s, a.z * s};
}
inline float dot(Vec3 a, Vec3 b) {
    return a.x * b.x + a.y * b.y + a.z * b.z;
}
inline Vec3 cross(Vec3 a, Vec3 b) {
    return {a.y * b.z - a.z * b.y, a.z * b.x - a.x * b.z, a.x * b.y - a.y * b.x};
}
inline Vec3 normalised(Vec3 a) {
    return a * (1.0F / std::sqrt(std::max(dot(a, a), 1e-20F)));
}
inline Vec3 mix(Vec3 a, Vec3 b, float t) {
    return a + (b - a) * t;
}
inline float mix(float a, float b, float t) {
    return a + (b - a) * t;
}

/// 0 below `low`, 1 above `high`, straight in between.
inline float ramp(float low, float high, float value) {
    return std::clamp((value - low) / (high - low), 0.0F, 1.0F);
}

inline float radians(float degrees) {
    return degrees * std::numbers::pi_v<float> / 180.0F;
}

/// The largest whole number that is not above `value`, which must fit an int. (std::floor is a
/// library call on the oldest x86-64 processors, and this runs many times per pixel.)
inline int floor_to_int(float value) {
    const int whole = static_cast<int>(value);
    return static_cast<float>(whole) > value ? whole - 1 : whole;
}

/// The fractional part, in [0, 1) for negative values too.
inline float fraction(float value) {
    return value - static_cast<float>(floor_to_int(value));
}

}  // namespace oneadapt::render
