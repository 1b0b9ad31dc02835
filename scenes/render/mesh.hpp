#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "vec.hpp"

namespace oneadapt::render {

/// What a surface is made of; decides its pattern and how it takes light.
enum class Material : std::uint8_t {
    ground,  ///< road, markings, pavement and lawn, told apart by the place
    facade,  ///< wall with windows; u counts windows, v storeys
    roof,
    brick,
    plain,  ///< even colour with faint grain: metal, plastic, cloth
    rubber,
    skin,
    paint,  ///< car paint: even colour, reflects the sky
    glass,  ///< dark, reflects the sky
    foliage,
    lamp,  ///< shines by itself when it is dark
};

/// What a thing is. The first four are the classes that labels name.
enum class ObjectClass : std::uint8_t {
    person,
    car,
    truck,
    bus,
    ground,
    building,
    vegetation,
    pole,
    sky,
};
inline constexpr int labelled_classes = 4;

struct Vertex {
    Vec3 position;
    Vec2 uv;
};

struct Triangle {
    std::array<Vertex, 3> corners;
    Vec3 normal;
    Vec3 tint{1, 1, 1};
    Material material = Material::plain;
    ObjectClass object = ObjectClass::ground;
    std::int32_t instance = 0;  ///< the actor's number; 0 for things that stand still
};

using Mesh = std::vector<Triangle>;

/// A place on the ground with a direction: `heading` in degrees to the right of +z.
struct Pose {
    Vec3 position;
    float heading = 0;

    /// From the thing's own axes (x to its right, y up, z ahead) to the world's.
    [[nodiscard]] Vec3 place(Vec3 local) const;

    /// From the world's axes to the thing's own: the inverse of place.
    [[nodiscard]] Vec3 local(Vec3 world) const;
};

/// Collects triangles of one thing: set the look, then add shapes in the thing's own axes.
class Shaper {
  public:
    Shaper(Mesh& mesh, const Pose& pose, ObjectClass object, std::int32_t instance)
        : mesh_(mesh), pose_(pose), object_(object), instance_(instance) {}

    /// The look of the shapes that follow; `uv_scale` is repeats of the pattern per metre.
    Shaper& look(Material material, Vec3 tint, float uv_scale = 0.5F);

    /// A flat four-cornered face, corners in order round it, facing the side from which they run
    /// counter-clockwise.
    void quad(Vec3 a, Vec3 b, Vec3 c, Vec3 d);

    /// A box standing on y = `base`, `size` wide (x), high (y), long (z), its middle at (x, z).
    void box(Vec3 middle_of_base, Vec3 size);

    /// As box, but the top face is scaled by (taper_x, taper_z) and moved ahead by `shift_z`.
    void tapered_box(Vec3 middle_of_base, Vec3 size, float taper_x, float taper_z, float shift_z);

    /// A wheel of the given radius and width whose axle runs along x.
    void wheel(Vec3 middle, float radius, float width);

    /// A rough ball, bumps drawn from `seed`.
    void ball(Vec3 middle, Vec3 radii, float roughness, std::uint32_t seed);

  private:
    void triangle(const Vertex& a, const Vertex& b, const Vertex& c);

    Mesh& mesh_;
    Pose pose_;
    ObjectClass object_;
    std::int32_t instance_;
    Material material_ = Material::plain;
    Vec3 tint_{1, 1, 1};
    float uv_scale_ = 0.5F;
};

}  // namespace oneadapt::render
