#include "raster.hpp"

#include <limits>

namespace oneadapt::render {

namespace {

constexpr float near_plane = 0.3F;  // metres

/// A corner on the image with the linear quantity that decides which triangle is in front.
struct Corner {
    float x = 0, y = 0, q = 0;
};

/// Calls use(row, first, last + 1) for each run of pixels whose centres lie in the triangle.
/// Neighbouring triangles share no pixel and leave no gap.
template <typename Use>
void scan(const std::array<Corner, 3>& corners, int width, int height, const Use& use) {
    const auto [low, high] = std::minmax({corners[0].y, corners[1].y, corners[2].y});
    const auto first_centre = [](float value, int limit) {
        const float clamped = std::clamp(value - 0.5F, -1.0F, static_cast<float>(limit));
        return std::clamp(static_cast<int>(std::ceil(clamped)), 0, limit);
    };
    const int end_row = first_centre(high, height);
    for (int row = first_centre(low, height); row < end_row; ++row) {
        const float y = static_cast<float>(row) + 0.5F;
        float left = std::numeric_limits<float>::max();
        float right = std::numeric_limits<float>::lowest();
        for (std::size_t i = 0; i < 3; ++i) {
            const Corner* a = &corners[i];
            const Corner* b = &corners[(i + 1) % 3];
            if (a->y > b->y) std::swap(a, b);
            if (y < a->y || y >= b->y) continue;
            const float x = a->x + (b->x - a->x) * ((y - a->y) / (b->y - a->y));
            left = std::min(left, x);
            right = std::max(right, x);
        }
        const int from = first_centre(left, width);
        const int to = first_centre(right, width);
        if (from < to) use(row, from, to);
    }
}

/// The plane through three corners whose values are given; zero for a degenerate triangle.
Plane plane_through(const std::array<Corner, 3>& c, float v0, float v1, float v2) {
    const float x1 = c[1].x - c[0].x;
    const float y1 = c[1].y - c[0].y;
    const float x2 = c[2].x - c[0].x;
    const float y2 = c[2].y - c[0].y;
    const float area = x1 * y2 - x2 * y1;
    if (std::abs(area) < 1e-9F) return {0, 0, v0};
    Plane plane;
    plane.dx = ((v1 - v0) * y2 - (v2 - v0) * y1) / area;
    plane.dy = ((v2 - v0) * x1 - (v1 - v0) * x2) / area;
    plane.base = v0 - plane.dx * c[0].x - plane.dy * c[0].y;
    return plane;
}

/// Cuts away what lies behind the near plane: 0, 3 or 4 corners in camera axes remain.
std::size_t clip_near(const std::array<Vertex, 3>& in, std::array<Vertex, 4>& out) {
    std::size_t count = 0;
    for (std::size_t i = 0; i < 3; ++i) {
        const Vertex& a = in[i];
        const Vertex& b = in[(i + 1) % 3];
        const bool a_in = a.position.z >= near_plane;
        const bool b_in = b.position.z >= near_plane;
        if (a_in) out[count++] = a;
        if (a_in != b_in) {
            const float t = (near_plane - a.position.z) / (b.position.z - a.position.z);
            out[count++] = {mix(a.position, b.position, t),
                            {mix(a.uv.x, b.uv.x, t), mix(a.uv.y, b.uv.y, t)}};
        }
    }
    return count;
}

/// Draws triangles one by one into a Visibility.
class Painter {
  public:
    Painter(const Camera& camera, Visibility& out)
        : camera_(camera), out_(out), stamp_(out.triangle.size(), 0) {}

    void draw(const Triangle& triangle, std::uint32_t source) {
        std::array<Vertex, 3> view;
        for (std::size_t i = 0; i < 3; ++i) {
            view[i] = {camera_.to_view(triangle.corners[i].position), triangle.corners[i].uv};
        }
        std::array<Vertex, 4> kept;
        const std::size_t count = clip_near(view, kept);
        for (std::size_t i = 2; i < count; ++i) {
            draw_clipped({kept[0], kept[i - 1], kept[i]}, source, triangle.instance);
        }
    }

  private:
    void draw_clipped(const std::array<Vertex, 3>& view, std::uint32_t source,
                      std::int32_t instance) {
        std::array<Corner, 3> corners;
        for (std::size_t i = 0; i < 3; ++i) {
            const Vec3 p = view[i].position;
            const float q = 1.0F / p.z;
            corners[i] = {0.5F * static_cast<float>(out_.width) + camera_.focal * p.x * q,
                          0.5F * static_cast<float>(out_.height) - camera_.focal * p.y * q, q};
        }
        ScreenTriangle screen;
        screen.source = source;
        screen.inverse_depth = plane_through(corners, corners[0].q, corners[1].q, corners[2].q);
        const auto number = static_cast<std::int32_t>(out_.triangles.size());
        bool seen = false;
        scan(corners, out_.width, out_.height, [&](int row, int from, int to) {
            seen = fill(screen.inverse_depth, number, instance, row, from, to) || seen;
        });
        if (!seen) return;
        const auto over_depth = [&](auto member) {
            return plane_through(corners, view[0].uv.*member * corners[0].q,
                                 view[1].uv.*member * corners[1].q,
                                 view[2].uv.*member * corners[2].q);
        };
        screen.u = over_depth(&Vec2::x);
        screen.v = over_depth(&Vec2::y);
        out_.triangles.push_back(screen);
    }

    bool fill(const Plane& inverse_depth, std::int32_t number, std::int32_t instance, int row,
              int from, int to) {
        const auto start = static_cast<std::size_t>(row) * static_cast<std::size_t>(out_.width);
        const float y = static_cast<float>(row) + 0.5F;
        bool seen = false;
        int fresh = 0;
        for (int x = from; x < to; ++x) {
            const std::size_t pixel = start + static_cast<std::size_t>(x);
            if (instance != 0 && stamp_[pixel] != instance) {
                stamp_[pixel] = instance;
                ++fresh;
            }
            const float q = inverse_depth.at(static_cast<float>(x) + 0.5F, y);
            if (q > out_.inverse_depth[pixel]) {
                out_.inverse_depth[pixel] = q;
                out_.triangle[pixel] = number;
                seen = true;
            }
        }
        if (fresh > 0) out_.covered[instance] += fresh;
        return seen;
    }

    const Camera& camera_;
    Visibility& out_;
    std::vector<std::int32_t> stamp_;  // the last instance that was drawn at each pixel
};

}  // namespace

Visibility rasterise(const Mesh& mesh, const Camera& camera) {
    Visibility out;
    out.width = camera.width;
    out.height = camera.height;
    const auto pixels =
        static_cast<std::size_t>(camera.width) * static_cast<std::size_t>(camera.height);
    out.inverse_depth.assign(pixels, 0.0F);
    out.triangle.assign(pixels, -1);
    Painter painter(camera, out);
    for (std::size_t i = 0; i < mesh.size(); ++i) {
        painter.draw(mesh[i], static_cast<std::uint32_t>(i));
    }
    return out;
}

ShadowMap::ShadowMap(const Mesh& mesh, Vec3 middle, Vec3 to_sun, float half_extent)
    : middle_(middle),
      right_(normalised(cross({0, 1, 0}, to_sun))),
      up_(cross(to_sun, right_)),
      to_sun_(to_sun),
      scale_(0.5F * side / half_extent),
      height_(static_cast<std::size_t>(side) * side, -1e9F) {
    for (const Triangle& triangle : mesh) {
        if (triangle.object == ObjectClass::ground) continue;
        std::array<Corner, 3> corners;
        for (std::size_t i = 0; i < 3; ++i) {
            const Vec3 p = project(triangle.corners[i].position);
            corners[i] = {p.x, p.y, p.z};
        }
        const Plane height = plane_through(corners, corners[0].q, corners[1].q, corners[2].q);
        scan(corners, side, side, [&](int row, int from, int to) {
            for (int x = from; x < to; ++x) {
                const int place = row * side + x;
                float& value = height_[static_cast<std::size_t>(place)];
                const float here =
                    height.at(static_cast<float>(x) + 0.5F, static_cast<float>(row) + 0.5F);
                value = std::max(value, here);
            }
        });
    }
}

Vec3 ShadowMap::project(Vec3 point) const {
    const Vec3 d = point - middle_;
    return {0.5F * side + dot(d, right_) * scale_, 0.5F * side + dot(d, up_) * scale_,
            dot(d, to_sun_)};
}

float ShadowMap::sunlight(Vec3 point) const {
    constexpr float bias = 0.15F;  // metres, so that a surface does not shade itself
    const Vec3 p = project(point);
    const float x = p.x - 0.5F;
    const float y = p.y - 0.5F;
    if (!(x >= 0 && y >= 0 && x < side - 1 && y < side - 1)) return 1;
    const int column = static_cast<int>(x);
    const int row = static_cast<int>(y);
    const auto lit = [&](int dx, int dy) {
        const int place = (row + dy) * side + column + dx;
        return height_[static_cast<std::size_t>(place)] > p.z + bias ? 0.0F : 1.0F;
    };
    const float fx = x - static_cast<float>(column);
    const float fy = y - static_cast<float>(row);
    return mix(mix(lit(0, 0), lit(1, 0), fx), mix(lit(0, 1), lit(1, 1), fx), fy);
}

}  // namespace oneadapt::render
