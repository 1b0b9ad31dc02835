#include "shade.hpp"

#include <memory>
#include <optional>

#include "random.hpp"
#include "surface.hpp"
#include "texture.hpp"

namespace oneadapt::render {

namespace {

/// The light of one moment.
struct Light {
    Vec3 sun;
    Vec3 sky;      ///< from above
    Vec3 horizon;  ///< colour of the sky low down, and of the haze
    Vec3 zenith;
    float haze = 0;  ///< per metre
};

Light light_at(const Conditions& c) {
    Light light;
    const float level = c.light;
    const float cover = 1 - 0.85F * std::min(c.rain * 1.6F, 1.0F);
    const Vec3 warm = mix({1.0F, 0.55F, 0.3F}, {1.0F, 0.95F, 0.88F}, ramp(0.2F, 0.8F, level));
    light.sun = warm * (2.1F * std::pow(level, 1.3F) * cover);
    const Vec3 blue = mix({0.55F, 0.65F, 1.0F}, {0.9F, 0.95F, 1.0F}, std::min(c.rain, 1.0F));
    const float ambient = 0.012F + 0.75F * level;
    light.sky = blue * ambient;
    light.zenith = mix({0.18F, 0.32F, 0.75F}, {0.55F, 0.57F, 0.6F}, c.rain) * (ambient * 1.2F);
    light.horizon = mix(mix({0.9F, 0.45F, 0.25F}, {0.75F, 0.82F, 0.95F}, ramp(0.1F, 0.7F, level)),
                        {0.6F, 0.62F, 0.64F}, c.rain) *
                    (ambient * 1.1F);
    light.haze = 0.0012F + 0.008F * c.rain;
    return light;
}

/// Light on the ground from street lamps and headlights, on a grid of one-metre cells.
class LampLight {
  public:
    LampLight(const World& world, Vec3 camera, const std::vector<Actor>& actors)
        : origin_z_(std::floor(camera.z) - 20), values_(static_cast<std::size_t>(width) * length) {
        const float kerb = world.town().road_half() + 0.35F - lamp_reach;
        const float first = std::ceil(origin_z_ / Town::lamp_spacing) * Town::lamp_spacing;
        for (float z = first; z < origin_z_ + length; z += Town::lamp_spacing) {
            if (world.town().roofed(z)) continue;
            add_pool({-kerb, 0, z}, Vec3{1.0F, 0.72F, 0.42F} * 0.5F, 6);
            add_pool({kerb, 0, z}, Vec3{1.0F, 0.72F, 0.42F} * 0.5F, 6);
        }
        for (const Actor& actor : actors) {
            if (actor.kind == ObjectClass::person) continue;
            const float front = actor_size(actor).z * 0.5F;
            for (const float ahead : {2.5F, 6.0F, 10.0F}) {
                const float power = 0.7F / (1 + ahead * 0.2F);
                add_pool(actor.pose.place({0, 0, front + ahead}), Vec3{1.0F, 0.95F, 0.85F} * power,
                         1.4F + ahead * 0.2F);
            }
        }
    }

    [[nodiscard]] Vec3 at(Vec3 point) const {
        const float x = point.x + width * 0.5F;
        const float z = point.z - origin_z_;
        if (!(x >= 0 && z >= 0 && x < width - 1 && z < length - 1)) return {};
        const int column = static_cast<int>(x);
        const int row = static_cast<int>(z);
        const float fx = x - static_cast<float>(column);
        const float fz = z - static_cast<float>(row);
        const auto cell = [&](int dx, int dz) {
            const int place = (row + dz) * width + column + dx;
            return values_[static_cast<std::size_t>(place)];
        };
        const Vec3 flat = mix(mix(cell(0, 0), cell(1, 0), fx), mix(cell(0, 1), cell(1, 1), fx), fz);
        return flat * (1 / (1 + 0.25F * point.y * point.y));
    }

  private:
    static constexpr int width = 64;
    static constexpr int length = 190;

    void add_pool(Vec3 middle, Vec3 colour, float radius) {
        const float reach = 2.5F * radius;
        const auto index = [](float value, int limit) {
            return static_cast<int>(std::clamp(value, 0.0F, static_cast<float>(limit - 1)));
        };
        const float x = middle.x + width * 0.5F;
        const float z = middle.z - origin_z_;
        for (int row = index(z - reach, length); row <= index(z + reach, length); ++row) {
            for (int column = index(x - reach, width); column <= index(x + reach, width);
                 ++column) {
                const float dx = (static_cast<float>(column) - x) / radius;
                const float dz = (static_cast<float>(row) - z) / radius;
                const float fall = 1 / (1 + dx * dx + dz * dz);
                const int place = row * width + column;
                Vec3& cell = values_[static_cast<std::size_t>(place)];
                cell = cell + colour * (fall * fall);
            }
        }
    }

    float origin_z_;
    std::vector<Vec3> values_;
};

/// What lamps under a tunnel's roof throw on a place: less far up, where they shine from.
Vec3 tunnel_light(Vec3 place) {
    return Vec3{1.0F, 0.92F, 0.75F} * (0.55F / (1 + 0.02F * place.y * place.y));
}

/// All that the colour of a pixel depends on.
class Shader {
  public:
    Shader(const World& world, const View& view)
        : town_(world.town()),
          conditions_(view.conditions),
          camera_(view.camera),
          mesh_(view.mesh),
          light_(light_at(conditions_)),
          drift_(view.seconds * 0.002F) {
        if (conditions_.light > 0.08F) {
            const float pitch = std::max(-camera_.forward.y, 0.15F);
            const float focus = std::min(camera_.position.y / pitch, 50.0F);
            const Vec3 flat = normalised({camera_.forward.x, 0, camera_.forward.z});
            const Vec3 middle = camera_.position + flat * focus;
            shadows_ = std::make_unique<ShadowMap>(mesh_, Vec3{middle.x, 0, middle.z},
                                                   conditions_.to_sun, 62.0F);
        }
        if (conditions_.headlights) lamps_.emplace(world, camera_.position, view.actors);
    }

    [[nodiscard]] Vec3 sky(Vec3 ray) const {
        const Vec3 d = normalised(ray);
        const float up = std::max(d.y, 0.0F);
        Vec3 colour = mix(light_.horizon, light_.zenith, std::sqrt(up));
        if (d.y > 0.02F) {
            const float scale = 0.12F / (d.y + 0.08F);
            const float cloud =
                Textures::get().blotch.at(d.x * scale + drift_, d.z * scale, 0.004F);
            colour = mix(colour, light_.horizon * 1.15F, ramp(0.45F, 0.75F, cloud) * 0.8F);
        }
        return colour;
    }

    [[nodiscard]] Vec3 surface(const ScreenTriangle& screen, float x, float y, float q) const {
        const Triangle& triangle = mesh_[screen.source];
        const float depth = 1 / q;
        const Vec3 ray = camera_.ray(x, y);
        SurfacePoint point;
        point.triangle = &triangle;
        point.position = camera_.position + ray * depth;
        point.uv = {screen.u.at(x, y) * depth, screen.v.at(x, y) * depth};
        const auto change = [&](float du, float dq, float u) { return (du - u * dq) * depth; };
        const Plane& iz = screen.inverse_depth;
        const float across = std::abs(change(screen.u.dx, iz.dx, point.uv.x)) +
                             std::abs(change(screen.v.dx, iz.dx, point.uv.y));
        const float along = std::abs(change(screen.u.dy, iz.dy, point.uv.x)) +
                            std::abs(change(screen.v.dy, iz.dy, point.uv.y));
        point.footprint = std::sqrt(across * along) + 0.2F * std::max(across, along);
        point.narrow = depth / camera_.focal;
        point.wide = along;
        return lit(point, triangle, normalised(ray), depth);
    }

  private:
    [[nodiscard]] Vec3 lit(const SurfacePoint& point, const Triangle& triangle, Vec3 ray,
                           float depth) const {
        const Look look = look_of(point, town_, conditions_);
        Vec3 normal = triangle.normal;
        if (dot(normal, ray) > 0) normal = normal * -1.0F;
        const float cover = town_.cover(point.position.z);
        Vec3 incoming = light_.sky * (0.55F + 0.45F * normal.y);
        const float facing = dot(normal, conditions_.to_sun);
        if (shadows_ && facing > 0) {
            const float sunlight = shadows_->sunlight(point.position + normal * 0.06F);
            incoming = incoming + light_.sun * (facing * sunlight);
        }
        if (cover > 0) incoming = mix(incoming, tunnel_light(point.position), cover);
        if (lamps_) incoming = incoming + lamps_->at(point.position) * (0.6F + 0.4F * normal.y);
        Vec3 colour = look.albedo * incoming + look.emission;
        if (look.gloss > 0) {
            const float glance = 1 + dot(normal, ray);
            const float mirror = look.gloss * (0.15F + 0.85F * glance * glance);
            const Vec3 reflected = ray - normal * (2 * dot(normal, ray));
            const Vec3 seen = mix(light_.horizon, light_.zenith, ramp(0, 1, reflected.y)) *
                              (reflected.y > 0 ? 1.0F : 0.3F);
            colour = mix(colour, seen * (1 - 0.8F * cover), mirror);
        }
        return mix(light_.horizon * (1 - cover), colour, std::exp(-light_.haze * depth));
    }

    const Town& town_;
    Conditions conditions_;
    const Camera& camera_;
    const Mesh& mesh_;
    Light light_;
    float drift_;
    std::unique_ptr<ShadowMap> shadows_;
    std::optional<LampLight> lamps_;
};

}  // namespace

cv::Mat shade(const World& world, const View& view) {
    const Shader shader(world, view);
    const Visibility& visible = view.visible;
    cv::Mat colour(view.camera.height, view.camera.width, CV_32FC3);
    std::size_t pixel = 0;
    for (int row = 0; row < colour.rows; ++row) {
        auto* line = colour.ptr<cv::Vec3f>(row);
        for (int column = 0; column < colour.cols; ++column, ++pixel) {
            const float x = static_cast<float>(column) + 0.5F;
            const float y = static_cast<float>(row) + 0.5F;
            const std::int32_t number = visible.triangle[pixel];
            const Vec3 value =
                number < 0 ? shader.sky(view.camera.ray(x, y))
                           : shader.surface(visible.triangles[static_cast<std::size_t>(number)], x,
                                            y, visible.inverse_depth[pixel]);
            line[column] = {value.z, value.y, value.x};
        }
    }
    return colour;
}

}  // namespace oneadapt::render
