#include "infrared.hpp"

#include <opencv2/imgproc.hpp>
#include <unordered_map>

#include "noise.hpp"
#include "texture.hpp"

namespace oneadapt::render {

namespace {

// Degrees Celsius.
constexpr float air = 14;
constexpr float hottest_shown = 40;
constexpr float temporal_noise = 0.2F;
constexpr float column_pattern = 0.12F;
constexpr float pixel_pattern = 0.12F;

/// How warm a vehicle or person is.
struct Heat {
    const Actor* actor = nullptr;
    Vec3 size;       ///< metres
    float body = 0;  ///< shell or clothes, degrees Celsius
    float tyres = 0;
    float engine = 0;    ///< how much warmer the shell is at the engine
    float engine_z = 0;  ///< where the engine is, metres ahead of the middle
};

Heat heat_of(const Actor& actor) {
    Random random(hash(actor.looks, 31));
    Heat heat;
    heat.actor = &actor;
    heat.size = actor_size(actor);
    if (actor.kind == ObjectClass::person) {
        heat.body = random.range(23, 29);
        return heat;
    }
    const bool cold = actor.parked && random.chance(0.75F);
    heat.body = air + (actor.parked ? random.range(-2, 0.5F) : random.range(0, 4));
    heat.tyres = air + (actor.parked ? random.range(0, 2) : random.range(9, 17));
    heat.engine = cold ? 0 : actor.parked ? random.range(4, 9) : random.range(12, 22);
    heat.engine_z = heat.size.z * (actor.kind == ObjectClass::bus ? -0.5F : 0.45F);
    return heat;
}

/// The warmth of everything in one view.
class Thermometer {
  public:
    Thermometer(const World& world, const View& view) : town_(world.town()), view_(view) {
        for (const Actor& actor : view.actors) heats_.emplace(actor.id, heat_of(actor));
    }

    /// As the camera feels it through the air between; degrees Celsius.
    [[nodiscard]] float surface(const Triangle& triangle, Vec3 place, float depth) const {
        const float rain = view_.conditions.rain;
        float value = air;
        if (triangle.instance != 0) {
            value = mix(actor(triangle, place), air, 0.1F * rain);
        } else {
            value = mix(scenery(triangle, place, depth / view_.camera.focal), air - 1, 0.3F * rain);
        }
        return mix(air, value, std::exp(-(0.0008F + 0.003F * rain) * depth));
    }

    [[nodiscard]] float sky(Vec3 ray) const {
        const float up = std::sqrt(std::max(normalised(ray).y, 0.0F));
        return mix(mix(6, -12, up), mix(9, 4, up), std::min(2 * view_.conditions.rain, 1.0F));
    }

  private:
    [[nodiscard]] float actor(const Triangle& triangle, Vec3 place) const {
        const Heat& heat = heats_.at(triangle.instance);
        if (triangle.material == Material::skin) return 33;
        if (triangle.material == Material::rubber) return heat.tyres;
        if (heat.engine == 0) return heat.body;
        const Vec3 local = heat.actor->pose.local(place);
        const float away = (local.z - heat.engine_z) / (0.17F * std::min(heat.size.z, 6.0F));
        const float above = local.y / heat.size.y;
        const float glow = std::exp(-0.5F * away * away) * (1 - 0.6F * ramp(0.4F, 1, above));
        const float under = 5 * ramp(0.35F, 0.1F, above);  // exhaust and warm road
        const float shell = triangle.material == Material::glass ? -3.0F : 0.0F;
        return heat.body + shell + heat.engine * glow + under;
    }

    /// `footprint` is the size of a pixel on the surface in metres.
    [[nodiscard]] float scenery(const Triangle& triangle, Vec3 place, float footprint) const {
        const Textures& textures = Textures::get();
        const auto uneven = [&](const Texture& texture, float u, float v, float scale) {
            return texture.at(u * scale, v * scale, footprint * scale) - 0.5F;
        };
        switch (triangle.object) {
            case ObjectClass::ground: {
                const Ground zone = town_.ground_at(place);
                const float patch = uneven(textures.blotch, place.x, place.z, 0.03F);
                if (zone == Ground::tarmac) return 19 + 4 * patch;
                if (zone == Ground::lawn) return 12 + 4 * patch;
                return (zone == Ground::kerb ? 16.0F : 17.0F) + 2 * patch;
            }
            case ObjectClass::building: {
                const float house = fraction(triangle.tint.x * 977);  // one figure per house
                const float patch = uneven(textures.blotch, place.x + place.z, place.y, 0.04F);
                const float roof = triangle.material == Material::roof ? -5.0F : 0.0F;
                return 14.5F + 3 * house + 4 * patch + roof;
            }
            case ObjectClass::vegetation:
                return 12.5F + 2 * uneven(textures.leaves, place.x + place.z, place.y, 0.3F);
            default:
                return air - 1.5F + (triangle.material == Material::lamp ? 8.0F : 0.0F);
        }
    }

    const Town& town_;
    const View& view_;
    std::unordered_map<std::int32_t, Heat> heats_;
};

cv::Mat temperatures(const World& world, const View& view) {
    const Thermometer thermometer(world, view);
    cv::Mat warmth(view.camera.height, view.camera.width, CV_32F);
    for (int row = 0; row < warmth.rows; ++row) {
        auto* line = warmth.ptr<float>(row);
        for (int x = 0; x < warmth.cols; ++x) {
            const std::size_t pixel = view.pixel(row, x);
            const Triangle* seen = view.at(pixel);
            line[x] = seen == nullptr
                          ? thermometer.sky(view.camera.ray(static_cast<float>(x) + 0.5F,
                                                            static_cast<float>(row) + 0.5F))
                          : thermometer.surface(*seen, view.place(row, x),
                                                1 / view.visible.inverse_depth[pixel]);
        }
    }
    return warmth;
}

}  // namespace

cv::Mat infrared_image(const World& world, const View& view) {
    cv::Mat warmth = temperatures(world, view);
    cv::GaussianBlur(warmth, warmth, {5, 5}, 0.8);
    const std::uint32_t seed = world.scene().seed;
    NormalNoise temporal(hash(seed, static_cast<std::uint32_t>(view.index), 910));
    NormalNoise fixed(hash(seed, 911));  // the same in every frame
    cv::Mat image(warmth.size(), CV_8U);
    for (int row = 0; row < image.rows; ++row) {
        NormalNoise columns(hash(seed, 912));
        for (int x = 0; x < image.cols; ++x) {
            const float noise = temporal_noise * temporal.next() + pixel_pattern * fixed.next() +
                                column_pattern * columns.next();
            const float shown = (warmth.at<float>(row, x) + noise) / hottest_shown;
            image.at<std::uint8_t>(row, x) = cv::saturate_cast<std::uint8_t>(255 * shown);
        }
    }
    return image;
}

}  // namespace oneadapt::render
