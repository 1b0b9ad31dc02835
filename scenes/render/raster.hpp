#pragma once

#include <cstdint>
#include <unordered_map>
#include <vector>

#include "camera.hpp"
#include "mesh.hpp"

namespace oneadapt::render {

/// A quantity that is linear over the image: value = dx * x + dy * y + base.
struct Plane {
    float dx = 0, dy = 0, base = 0;
    [[nodiscard]] float at(float x, float y) const { return dx * x + dy * y + base; }
};

/// A triangle as the camera sees it. Inverse depth, and texture coordinates times inverse depth,
/// are linear over the image.
struct ScreenTriangle {
    std::uint32_t source = 0;  ///< index into the mesh
    Plane inverse_depth;
    Plane u;
    Plane v;
};

/// What each pixel sees: the nearest triangle and its depth.
struct Visibility {
    int width = 0;
    int height = 0;
    std::vector<float> inverse_depth;    ///< 1 / metres; 0 where there is only sky
    std::vector<std::int32_t> triangle;  ///< index into `triangles`; -1 where there is only sky
    std::vector<ScreenTriangle> triangles;

    /// Pixels that each instance would cover if nothing stood before it.
    std::unordered_map<std::int32_t, int> covered;
};

/// Draws a mesh as seen by the camera into a z-buffer.
Visibility rasterise(const Mesh& mesh, const Camera& camera);

/// Depth as seen along a direction, for shadows.
class ShadowMap {
  public:
    /// Draws all of the mesh but the ground, seen from `to_sun` (a unit vector), within
    /// `half_extent` metres of `middle`.
    ShadowMap(const Mesh& mesh, Vec3 middle, Vec3 to_sun, float half_extent);

    /// The share of sunlight that reaches a point, 0 to 1; 1 outside the map.
    [[nodiscard]] float sunlight(Vec3 point) const;

  private:
    [[nodiscard]] Vec3 project(Vec3 point) const;

    static constexpr int side = 1024;
    Vec3 middle_;
    Vec3 right_;
    Vec3 up_;
    Vec3 to_sun_;
    float scale_;
    std::vector<float> height_;  // towards the sun, metres
};

}  // namespace oneadapt::render
