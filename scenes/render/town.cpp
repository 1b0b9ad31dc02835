// The part of World that stands still: houses, trees, lamps and the ground.

#include <algorithm>

#include "random.hpp"
#include "world.hpp"

namespace oneadapt::render {

namespace {

constexpr float chunk_reach = Town::block;  // a block's things lie at most so far from its middle

void add_ground(Mesh& mesh, Vec3 camera) {
    Shaper shaper(mesh, {}, ObjectClass::ground, 0);
    shaper.look(Material::ground, {1, 1, 1}, 1);
    const float near = camera.z - 60;
    const float far = camera.z + 900;
    shaper.quad({400, 0, near}, {-400, 0, near}, {-400, 0, far}, {400, 0, far});
}

}  // namespace

float Town::cover(float z) const {
    constexpr float reach = 9;  // metres after which a third of the daylight is left
    for (const Tunnel& tunnel : tunnels) {
        const float inside = std::min(z - tunnel.from, tunnel.to - z);
        if (inside > 0) return 1 - std::exp(-inside / reach);
    }
    return 0;
}

bool Town::roofed(float z) const {
    constexpr float margin = 6;
    return std::any_of(tunnels.begin(), tunnels.end(), [&](const Tunnel& tunnel) {
        return z > tunnel.from - margin && z < tunnel.to + margin;
    });
}

void World::build_plots(Mesh& mesh, float side, float from, float to, std::uint32_t key) const {
    Random random(key);
    const float front = town_.road_half() + Town::pavement_width;
    const bool park = random.chance(0.25F);
    float z = from;
    while (to - z > 8) {
        const float width = std::min(random.range(9, 20), to - z);
        const float depth = random.range(9, 14);
        const float height = 3 * static_cast<float>(2 + random.below(4)) + 0.6F;
        const float setback = random.range(0, 1.5F);
        const Vec3 middle{side * (front + setback + depth * 0.5F), 0, z + width * 0.5F};
        if (park) {
            add_tree(mesh, {middle, 0}, random.range(5, 9), random.bits());
        } else {
            add_building(mesh, {middle, 0}, {depth, height, width - random.range(0, 2)},
                         random.bits());
        }
        z += width;
    }
}

void World::build_pavement(Mesh& mesh, float side, float from, float to, std::uint32_t key) const {
    Random random(key);
    const float kerb = town_.road_half();
    for (float z = from + 2; z < to - 2; z += random.range(10, 18)) {
        if (town_.roofed(z)) continue;
        if (random.chance(0.55F)) {
            add_tree(mesh, {{side * (kerb + 0.8F), 0, z}, 0}, random.range(4.5F, 7.5F),
                     random.bits());
        }
        if (random.chance(0.5F)) {
            const float x = side * (kerb + Town::pavement_width - 0.6F);
            add_furniture(mesh, {{x, 0, z + 3}, side > 0 ? 180.0F : 0.0F}, random.bits());
        }
    }
    const float first = std::ceil((from - Town::side_street_half) / Town::lamp_spacing);
    for (float z = first * Town::lamp_spacing; z < to; z += Town::lamp_spacing) {
        if (town_.roofed(z)) continue;
        add_lamp(mesh, {{side * (kerb + 0.35F), 0, z}, side > 0 ? 180.0F : 0.0F});
    }
}

void World::build_block(float junction) {
    Chunk chunk;
    chunk.z = junction + Town::block * 0.5F;
    const float from = junction + Town::side_street_half + 2.5F;
    const float to = junction + Town::block - Town::side_street_half - 2.5F;
    const auto number = static_cast<std::uint32_t>(static_cast<int>(junction));
    for (const float side : {-1.0F, 1.0F}) {
        const std::uint32_t key = hash(scene_.seed, number, side > 0 ? 701 : 700);
        build_plots(chunk.mesh, side, from, to, key);
        build_pavement(chunk.mesh, side, from, to, hash(key, 5));
    }
    chunks_.push_back(std::move(chunk));
}

/// Walls, a roof and two strips of lamps, in sections that are left out where they are far away.
void World::build_tunnel(const Town::Tunnel& tunnel) {
    constexpr float section = 48;
    constexpr float thick = 0.7F;
    const float half = town_.road_half() + Town::pavement_width - thick;
    constexpr float high = Town::tunnel_height;
    for (float from = tunnel.from; from < tunnel.to; from += section) {
        const float length = std::min(section, tunnel.to - from);
        Chunk chunk;
        chunk.z = from + 0.5F * length;
        Shaper shaper(chunk.mesh, {{0, 0, chunk.z}, 0}, ObjectClass::building, 0);
        shaper.look(Material::brick, {0.5F, 0.49F, 0.46F});
        for (const float side : {-1.0F, 1.0F}) {
            shaper.box({side * (half + 0.5F * thick), 0, 0}, {thick, high, length});
        }
        shaper.look(Material::plain, {0.3F, 0.29F, 0.28F});
        const float l = 0.5F * length;
        shaper.quad({-half, high, -l}, {half, high, -l}, {half, high, l}, {-half, high, l});
        shaper.box({0, high, 0}, {2 * (half + thick), 1.2F, length});
        shaper.look(Material::lamp, {1.0F, 0.9F, 0.7F});
        for (const float side : {-0.5F, 0.5F}) {
            shaper.box({side * half, high - 0.1F, 0}, {0.25F, 0.1F, length});
        }
        chunks_.push_back(std::move(chunk));
    }
}

Mesh World::geometry_at(float seconds, const std::vector<Actor>& actors) const {
    const Vec3 camera = camera_at(seconds).position;
    Mesh mesh;
    for (const Actor& actor : actors) add_actor(mesh, actor);
    for (const Chunk& chunk : chunks_) {
        const float ahead = chunk.z - camera.z;
        if (ahead > -chunk_reach && ahead < 2 * Town::block + chunk_reach) {
            mesh.insert(mesh.end(), chunk.mesh.begin(), chunk.mesh.end());
        }
    }
    add_ground(mesh, camera);
    return mesh;
}

}  // namespace oneadapt::render
