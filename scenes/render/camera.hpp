#pragma once

#include "vec.hpp"

namespace oneadapt::render {

/// A pinhole camera at one moment. `right`, `up` and `forward` are unit vectors; `focal` is in
/// pixels, the optical axis meets the image at its middle.
struct Camera {
    Vec3 position;
    Vec3 right{1, 0, 0};
    Vec3 up{0, 1, 0};
    Vec3 forward{0, 0, 1};
    float focal = 600;
    int width = 640;
    int height = 384;

    /// A world point in camera axes: x right, y up, z depth, in metres.
    [[nodiscard]] Vec3 to_view(Vec3 world) const {
        const Vec3 d = world - position;
        return {dot(d, right), dot(d, up), dot(d, forward)};
    }

    /// The direction of a pixel's ray, scaled so that its depth component is 1.
    [[nodiscard]] Vec3 ray(float pixel_x, float pixel_y) const {
        const float x = (pixel_x - 0.5F * static_cast<float>(width)) / focal;
        const float y = (0.5F * static_cast<float>(height) - pixel_y) / focal;
        return forward + right * x + up * y;
    }
};

/// A camera looking along `yaw` (degrees to the right of +z), tilted `pitch` degrees down and
/// rolled `roll` degrees, with a horizontal field of view of `fov` degrees.
inline Camera make_camera(Vec3 position, float yaw, float pitch, float roll, float fov, int width,
                          int height) {
    const float y = radians(yaw);
    const float p = radians(pitch);
    const float r = radians(roll);
    Camera camera;
    camera.position = position;
    camera.forward = {std::sin(y) * std::cos(p), -std::sin(p), std::cos(y) * std::cos(p)};
    const Vec3 level{std::cos(y), 0, -std::sin(y)};
    const Vec3 upright = cross(camera.forward, level);
    camera.right = level * std::cos(r) + upright * std::sin(r);
    camera.up = upright * std::cos(r) - level * std::sin(r);
    camera.focal = 0.5F * static_cast<float>(width) / std::tan(radians(fov) * 0.5F);
    camera.width = width;
    camera.height = height;
    return camera;
}

}  // namespace oneadapt::render
