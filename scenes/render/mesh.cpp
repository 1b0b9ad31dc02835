#include "mesh.hpp"

#include "random.hpp"

namespace oneadapt::render {

Vec3 Pose::place(Vec3 local) const {
    const float angle = radians(heading);
    const float c = std::cos(angle);
    const float s = std::sin(angle);
    return position + Vec3{local.x * c + local.z * s, local.y, local.z * c - local.x * s};
}

Vec3 Pose::local(Vec3 world) const {
    const float angle = radians(heading);
    const float c = std::cos(angle);
    const float s = std::sin(angle);
    const Vec3 d = world - position;
    return {d.x * c - d.z * s, d.y, d.z * c + d.x * s};
}

Shaper& Shaper::look(Material material, Vec3 tint, float uv_scale) {
    material_ = material;
    tint_ = tint;
    uv_scale_ = uv_scale;
    return *this;
}

void Shaper::triangle(const Vertex& a, const Vertex& b, const Vertex& c) {
    Triangle triangle;
    triangle.corners = {Vertex{pose_.place(a.position), a.uv},
                        Vertex{pose_.place(b.position), b.uv},
                        Vertex{pose_.place(c.position), c.uv}};
    const Vec3 p = triangle.corners[0].position;
    triangle.normal =
        normalised(cross(triangle.corners[1].position - p, triangle.corners[2].position - p));
    triangle.tint = tint_;
    triangle.material = material_;
    triangle.object = object_;
    triangle.instance = instance_;
    mesh_.push_back(triangle);
}

void Shaper::quad(Vec3 a, Vec3 b, Vec3 c, Vec3 d) {
    const float width = std::sqrt(dot(b - a, b - a)) * uv_scale_;
    const float height = std::sqrt(dot(d - a, d - a)) * uv_scale_;
    const Vertex va{a, {0, 0}};
    const Vertex vb{b, {width, 0}};
    const Vertex vc{c, {width, height}};
    const Vertex vd{d, {0, height}};
    triangle(va, vb, vc);
    triangle(va, vc, vd);
}

void Shaper::box(Vec3 middle_of_base, Vec3 size) {
    tapered_box(middle_of_base, size, 1, 1, 0);
}

void Shaper::tapered_box(Vec3 m, Vec3 size, float taper_x, float taper_z, float shift_z) {
    const float w = size.x * 0.5F;
    const float l = size.z * 0.5F;
    const auto low = [&](float sx, float sz) { return m + Vec3{sx * w, 0, sz * l}; };
    const auto top = [&](float sx, float sz) {
        return m + Vec3{sx * w * taper_x, size.y, sz * l * taper_z + shift_z};
    };
    quad(low(1, -1), low(-1, -1), top(-1, -1), top(1, -1));  // back
    quad(low(-1, 1), low(1, 1), top(1, 1), top(-1, 1));      // front
    quad(low(-1, -1), low(-1, 1), top(-1, 1), top(-1, -1));  // left
    quad(low(1, 1), low(1, -1), top(1, -1), top(1, 1));      // right
    quad(top(1, -1), top(-1, -1), top(-1, 1), top(1, 1));    // top
}

void Shaper::wheel(Vec3 middle, float radius, float width) {
    constexpr int sides = 8;
    const auto rim = [&](int i, float x) {
        const float angle = radians(360.0F * static_cast<float>(i) / sides);
        return middle + Vec3{x, radius * std::sin(angle), radius * std::cos(angle)};
    };
    const float w = width * 0.5F;
    for (int i = 0; i < sides; ++i) {
        quad(rim(i, w), rim(i, -w), rim(i + 1, -w), rim(i + 1, w));
        triangle({middle + Vec3{w, 0, 0}, {0, 0}}, {rim(i, w), {1, 0}}, {rim(i + 1, w), {1, 1}});
        triangle({middle - Vec3{w, 0, 0}, {0, 0}}, {rim(i + 1, -w), {1, 0}}, {rim(i, -w), {1, 1}});
    }
}

void Shaper::ball(Vec3 middle, Vec3 radii, float roughness, std::uint32_t seed) {
    constexpr int rings = 5;
    constexpr int sectors = 8;
    const auto point = [&](int ring, int sector) {
        const float polar = radians(180.0F * static_cast<float>(ring) / rings);
        const float round = radians(360.0F * static_cast<float>(sector) / sectors);
        const bool pole = ring == 0 || ring == rings;
        const auto sector_key = static_cast<std::uint32_t>(pole ? 0 : sector % sectors);
        const float bump =
            1 + roughness * (unit(hash(seed, static_cast<std::uint32_t>(ring), sector_key)) - 0.5F);
        const Vec3 unit_point{std::sin(polar) * std::cos(round), std::cos(polar),
                              std::sin(polar) * std::sin(round)};
        return middle + unit_point * radii * bump;
    };
    for (int ring = 0; ring < rings; ++ring) {
        for (int sector = 0; sector < sectors; ++sector) {
            quad(point(ring, sector + 1), point(ring + 1, sector + 1), point(ring + 1, sector),
                 point(ring, sector));
        }
    }
}

}  // namespace oneadapt::render
