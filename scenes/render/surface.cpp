#include "surface.hpp"

#include "random.hpp"
#include "texture.hpp"

namespace oneadapt::render {

namespace {

constexpr Vec3 marking_white{0.62F, 0.62F, 0.58F};

/// 1 inside [low, high], 0 outside, softened over `blur`.
float band(float value, float low, float high, float blur) {
    const float b = std::max(blur * 0.5F, 1e-4F);
    return ramp(low - b, low + b, value) * (1 - ramp(high - b, high + b, value));
}

/// The share of a pixel on stripes of `width` that repeat every `period`.
float stripes(float value, float period, float width, float blur) {
    if (blur > period) return width / period;
    const float place = fraction(value / period) * period;
    return band(place, 0.5F * (period - width), 0.5F * (period + width), blur);
}

Vec3 tarmac(const SurfacePoint& p, const Textures& textures, float rain) {
    const float x = p.position.x;
    const float z = p.position.z;
    const float foot = std::sqrt(p.narrow * std::max(p.narrow, p.wide));
    const float grain = textures.grain.at(x * 0.28F, z * 0.28F, foot * 0.28F);
    const float patch = textures.blotch.at(x * 0.031F, z * 0.027F, foot * 0.03F);
    const float cracks = textures.cracks.at(x * 0.11F, z * 0.11F, foot * 0.11F);
    const float track = std::abs(fraction(x / 1.65F) - 0.5F);
    const float wheel_dirt = 0.7F + 0.6F * track;
    const float tone =
        (0.05F + 0.1F * grain) * (0.55F + 0.9F * patch) * (0.55F + cracks) * wheel_dirt;
    const float wet = 1 - 0.45F * rain;
    return Vec3{1.0F, 0.99F, 0.97F} * (tone * wet * 1.2F);
}

/// The share of paint at a place on the main road or the side street.
float markings(const SurfacePoint& p, const Town& town, float from_junction) {
    const float x = p.position.x;
    const float z = p.position.z;
    const float road = town.road_half();
    const float side = Town::side_street_half;
    if (from_junction < side + 1.6F) return 0;
    if (from_junction < side + 5.2F) {
        return band(from_junction, side + 1.9F, side + 4.9F, p.wide) *
               stripes(x, 1.1F, 0.55F, p.narrow);
    }
    float paint = 0.6F * band(std::abs(x), 0.08F, 0.2F, p.narrow);
    for (int lane = 1; lane <= town.lanes; ++lane) {
        const float line = static_cast<float>(lane) * Town::lane_width;
        const float dashes = lane == town.lanes ? 1.0F : stripes(z, 6, 2.6F, p.wide);
        paint += dashes * band(std::abs(x), line - 0.07F, line + 0.07F, p.narrow);
    }
    const float stop = band(from_junction, side + 6.0F, side + 6.4F, p.wide);
    const bool incoming = (x > 0) == (z < Town::nearest_junction(z));
    if (incoming && std::abs(x) < road - Town::parking_width) paint += stop;
    const float bays = band(std::abs(x), road - Town::parking_width, road, p.narrow);
    return std::min(paint + 0.5F * bays * stripes(z, 7, 0.12F, p.wide), 1.0F);
}

Look ground(const SurfacePoint& p, const Town& town, const Conditions& conditions) {
    const Textures& textures = Textures::get();
    const float x = p.position.x;
    const float z = p.position.z;
    const float foot = std::sqrt(p.narrow * std::max(p.narrow, p.wide));
    const Ground zone = town.ground_at(p.position);
    Look look;
    if (zone == Ground::tarmac) {
        const float from_junction = std::abs(z - Town::nearest_junction(z));
        look.albedo = tarmac(p, textures, conditions.rain);
        const float paint =
            std::abs(x) - town.road_half() < 0
                ? markings(p, town, from_junction)
                : band(from_junction, -0.1F, 0.08F, p.wide) * stripes(x, 5, 2.5F, p.narrow);
        if (paint > 0) {
            const float wear = 0.35F + textures.blotch.at(x * 0.13F, z * 0.13F, foot * 0.13F);
            look.albedo = mix(look.albedo, marking_white, paint * std::min(wear, 1.0F));
        }
        look.gloss = 0.35F * conditions.rain;
        return look;
    }
    const float soft = textures.blotch.at(x * 0.05F, z * 0.05F, foot * 0.05F);
    if (zone == Ground::kerb) {
        look.albedo = Vec3{0.38F, 0.37F, 0.35F} * (0.6F + 0.6F * soft);
    } else if (zone == Ground::pavement) {
        const float tiles = textures.tiles.at(x * 0.2F, z * 0.2F, foot * 0.2F);
        look.albedo = Vec3{0.42F, 0.39F, 0.35F} * (tiles * (0.55F + 0.7F * soft));
        look.gloss = 0.15F * conditions.rain;
    } else {
        const float blades = textures.leaves.at(x * 0.31F, z * 0.31F, foot * 0.31F);
        const Vec3 grass{0.11F, 0.16F, 0.05F};
        const Vec3 soil{0.2F, 0.15F, 0.1F};
        look.albedo = mix(grass, soil, ramp(0.55F, 0.8F, soft)) * (0.35F + 1.1F * blades);
    }
    return look;
}

/// A wall with a grid of windows, shops on the ground floor.
Look facade(const SurfacePoint& p, const Conditions& conditions) {
    const Textures& textures = Textures::get();
    const Vec3 tint = p.triangle->tint;
    const float u = p.uv.x;
    const float v = p.uv.y;
    const float blur = p.footprint;
    const auto house = static_cast<std::uint32_t>(tint.x * 65536.0F);
    const std::uint32_t window = hash(house, static_cast<std::uint32_t>(static_cast<int>(u)),
                                      static_cast<std::uint32_t>(static_cast<int>(v)));
    const float shape = unit(hash(house, 17));
    const float half_width = mix(0.2F, 0.38F, shape);
    const float cover = band(fraction(u), 0.5F - half_width, 0.5F + half_width, blur) *
                        band(fraction(v), 0.28F, 0.8F, blur);
    const float inner = band(fraction(u), 0.54F - half_width, 0.46F + half_width, blur) *
                        band(fraction(v), 0.32F, 0.76F, blur);
    const float bricks = textures.brick.at(u * 0.9F, v * 0.9F, blur * 0.9F);
    const float dirt = textures.blotch.at(u * 0.11F, v * 0.11F, blur * 0.11F);
    Look look;
    look.albedo = tint * ((0.5F + bricks) * (0.6F + 0.6F * dirt));
    look.albedo = mix(look.albedo, Vec3{0.55F, 0.54F, 0.5F}, cover * 0.8F);
    look.albedo = mix(look.albedo, Vec3{0.05F, 0.06F, 0.08F} * (0.4F + 1.6F * unit(window)), inner);
    look.gloss = 0.4F * inner;
    const bool lit = unit(hash(window, 3)) < 0.3F;
    const float dark = 1 - ramp(0.15F, 0.5F, conditions.light);
    if (lit) look.emission = Vec3{0.9F, 0.62F, 0.3F} * (0.22F * inner * dark);
    return look;
}

}  // namespace

Look look_of(const SurfacePoint& p, const Town& town, const Conditions& conditions) {
    const Textures& textures = Textures::get();
    const Vec3 tint = p.triangle->tint;
    const auto pattern = [&](const Texture& texture, float low, float gain) {
        return tint * (low + gain * texture.at(p.uv.x, p.uv.y, p.footprint));
    };
    switch (p.triangle->material) {
        case Material::ground:
            return ground(p, town, conditions);
        case Material::facade:
            return facade(p, conditions);
        case Material::roof:
            return {pattern(textures.blotch, 0.5F, 1.0F), {}, 0.1F * conditions.rain};
        case Material::brick:
            return {pattern(textures.brick, 0.3F, 1.4F), {}, 0};
        case Material::foliage:
            return {pattern(textures.leaves, 0.1F, 1.8F), {}, 0};
        case Material::paint:
            return {pattern(textures.grain, 0.9F, 0.2F), {}, 0.35F};
        case Material::glass:
            return {tint, {}, 0.7F};
        case Material::lamp: {
            const bool on = conditions.headlights;
            return {tint * 0.6F, on ? tint * (2.0F - 1.4F * conditions.exposed) : Vec3{}, 0.2F};
        }
        case Material::plain:
        case Material::rubber:
        case Material::skin:
            break;
    }
    return {pattern(textures.grain, 0.7F, 0.6F), {}, 0.05F};
}

}  // namespace oneadapt::render
