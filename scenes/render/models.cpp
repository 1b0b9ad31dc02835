#include "models.hpp"

#include <array>

#include "random.hpp"

namespace oneadapt::render {

namespace {

constexpr Vec3 tyre{0.02F, 0.02F, 0.022F};
constexpr Vec3 pane{0.035F, 0.04F, 0.05F};
constexpr Vec3 white_light{1.0F, 0.93F, 0.75F};
constexpr Vec3 red_light{0.9F, 0.04F, 0.02F};

Vec3 car_colour(Random& random) {
    constexpr std::array<Vec3, 12> colours{{{0.75F, 0.76F, 0.77F},
                                            {0.45F, 0.47F, 0.49F},
                                            {0.16F, 0.17F, 0.18F},
                                            {0.03F, 0.03F, 0.035F},
                                            {0.5F, 0.03F, 0.03F},
                                            {0.03F, 0.07F, 0.35F},
                                            {0.12F, 0.25F, 0.5F},
                                            {0.04F, 0.16F, 0.08F},
                                            {0.6F, 0.45F, 0.05F},
                                            {0.3F, 0.22F, 0.14F},
                                            {0.85F, 0.85F, 0.83F},
                                            {0.35F, 0.05F, 0.1F}}};
    return colours[static_cast<std::size_t>(random.below(12))] * random.range(0.8F, 1.2F);
}

Vec3 bright_colour(Random& random) {
    constexpr std::array<Vec3, 8> colours{{{0.7F, 0.1F, 0.05F},
                                           {0.08F, 0.25F, 0.6F},
                                           {0.8F, 0.55F, 0.05F},
                                           {0.1F, 0.4F, 0.15F},
                                           {0.75F, 0.75F, 0.72F},
                                           {0.5F, 0.1F, 0.3F},
                                           {0.05F, 0.4F, 0.45F},
                                           {0.8F, 0.3F, 0.05F}}};
    return colours[static_cast<std::size_t>(random.below(8))] * random.range(0.7F, 1.1F);
}

Vec3 cloth_colour(Random& random) {
    if (random.chance(0.4F)) return bright_colour(random) * random.range(0.6F, 1.0F);
    return Vec3{0.5F, 0.5F, 0.52F} * random.range(0.05F, 1.3F);
}

void add_wheels(Shaper& shaper, Vec3 size, float radius, float front, float back) {
    shaper.look(Material::rubber, tyre);
    for (const float side : {-1.0F, 1.0F}) {
        for (const float z : {front, back}) {
            shaper.wheel({side * (size.x * 0.5F - 0.11F), radius, z}, radius, 0.24F);
        }
    }
}

/// Two lamps at each end of a vehicle, `y` above the ground.
void add_vehicle_lights(Shaper& shaper, Vec3 size, float y) {
    const float z = size.z * 0.5F;
    for (const float side : {-1.0F, 1.0F}) {
        const float x = side * size.x * 0.37F;
        shaper.look(Material::lamp, white_light);
        shaper.box({x, y, z}, {size.x * 0.17F, 0.16F, 0.06F});
        shaper.look(Material::lamp, red_light);
        shaper.box({x, y, -z}, {size.x * 0.17F, 0.16F, 0.06F});
    }
}

void add_plates(Shaper& shaper, Vec3 size) {
    for (const float end : {-1.0F, 1.0F}) {
        const float z = end * size.z * 0.5F;
        shaper.look(Material::plain, {0.05F, 0.05F, 0.05F});
        shaper.box({0, 0.25F, z}, {size.x * 0.85F, 0.2F, 0.08F});
        shaper.look(Material::plain, {0.7F, 0.7F, 0.6F});
        shaper.box({0, 0.42F, z}, {0.5F, 0.13F, 0.1F});
    }
}

void add_car(Shaper& shaper, Vec3 size, Random& random) {
    const Vec3 colour = car_colour(random);
    const float belt = size.y * random.range(0.5F, 0.6F);
    const bool boxy = random.chance(0.35F);
    const float cabin = size.z * (boxy ? random.range(0.66F, 0.78F) : random.range(0.5F, 0.6F));
    const float cabin_z = boxy ? -size.z * 0.09F : -size.z * random.range(0.02F, 0.08F);
    shaper.look(Material::paint, colour);
    shaper.tapered_box({0, 0.2F, 0}, {size.x, belt - 0.2F, size.z}, 0.94F, 0.96F, -0.02F);
    shaper.look(Material::glass, pane);
    const float taper = boxy ? 0.8F : 0.6F;
    shaper.tapered_box({0, belt, cabin_z}, {size.x * 0.9F, size.y - belt - 0.05F, cabin}, 0.8F,
                       taper, -0.1F);
    shaper.look(Material::paint, colour);
    shaper.box({0, size.y - 0.05F, cabin_z - 0.1F},
               {size.x * 0.73F, 0.05F, cabin * (taper + 0.02F)});
    shaper.tapered_box({0, belt, cabin_z - 0.05F}, {size.x * 0.92F, size.y - belt - 0.04F, 0.14F},
                       0.8F, 1, 0);
    add_plates(shaper, size);
    add_vehicle_lights(shaper, size, belt * 0.72F);
    add_wheels(shaper, size, 0.32F, size.z * 0.31F, -size.z * 0.3F);
}

void add_truck(Shaper& shaper, Vec3 size, Random& random) {
    const Vec3 cab_colour = bright_colour(random);
    const Vec3 load_colour = random.chance(0.5F) ? Vec3{0.7F, 0.71F, 0.7F} : bright_colour(random);
    const float cab = size.z * 0.26F;
    const float cab_z = size.z * 0.5F - cab * 0.5F;
    const float cab_height = size.y * 0.8F;
    shaper.look(Material::plain, {0.04F, 0.04F, 0.04F});
    shaper.box({0, 0.5F, -0.1F}, {size.x * 0.8F, 0.4F, size.z * 0.96F});
    shaper.look(Material::paint, cab_colour);
    shaper.tapered_box({0, 0.45F, cab_z}, {size.x * 0.95F, cab_height - 0.45F, cab}, 0.94F, 0.86F,
                       -0.12F);
    shaper.look(Material::glass, pane);
    shaper.box({0, cab_height * 0.58F, cab_z + 0.04F},
               {size.x * 0.86F, cab_height * 0.27F, cab * 0.98F});
    shaper.box({0, cab_height * 0.58F, cab_z + 0.12F},
               {size.x * 0.97F, cab_height * 0.25F, cab * 0.45F});
    const float load = size.z - cab - 0.25F;
    const float load_z = -size.z * 0.5F + load * 0.5F;
    shaper.look(Material::plain, load_colour);
    shaper.box({0, 0.9F, load_z}, {size.x, size.y - 0.9F, load});
    shaper.look(Material::plain, bright_colour(random));
    const float stripe = random.range(0.25F, 0.6F);
    shaper.box({0, 0.9F + (size.y - 0.9F) * stripe, load_z},
               {size.x + 0.06F, (size.y - 0.9F) * 0.22F, load * random.range(0.4F, 0.9F)});
    shaper.look(Material::plain, {0.08F, 0.08F, 0.08F});
    shaper.box({0, 0.95F, -size.z * 0.5F}, {0.06F, size.y - 1.0F, 0.08F});
    add_vehicle_lights(shaper, size, 0.7F);
    add_wheels(shaper, size, 0.48F, size.z * 0.36F, -size.z * 0.32F);
    add_wheels(shaper, size, 0.48F, -size.z * 0.19F, -size.z * 0.32F);
}

void add_bus(Shaper& shaper, Vec3 size, Random& random) {
    const Vec3 colour = bright_colour(random);
    shaper.look(Material::paint, colour);
    shaper.box({0, 0.35F, 0}, {size.x, size.y - 0.35F, size.z});
    shaper.look(Material::plain, random.chance(0.5F) ? Vec3{0.7F, 0.7F, 0.68F} : colour * 0.5F);
    shaper.box({0, 0.5F, 0}, {size.x + 0.05F, 0.45F, size.z + 0.05F});
    shaper.box({0, size.y, -size.z * 0.2F}, {size.x * 0.6F, 0.25F, size.z * 0.3F});
    shaper.look(Material::glass, pane);
    const int windows = 6;
    const float pitch = (size.z - 1.0F) / windows;
    for (int i = 0; i < windows; ++i) {
        const float z = -size.z * 0.5F + 0.5F + pitch * (static_cast<float>(i) + 0.5F);
        shaper.box({0, size.y * 0.45F, z}, {size.x + 0.07F, size.y * 0.32F, pitch * 0.86F});
    }
    shaper.box({0, size.y * 0.36F, 0}, {size.x * 0.86F, size.y * 0.44F, size.z + 0.08F});
    shaper.look(Material::lamp, {1.0F, 0.6F, 0.1F});
    shaper.box({0, size.y * 0.84F, 0}, {size.x * 0.6F, size.y * 0.09F, size.z + 0.08F});
    add_vehicle_lights(shaper, size, 0.6F);
    add_wheels(shaper, size, 0.48F, size.z * 0.32F, -size.z * 0.28F);
}

void add_limb(Mesh& mesh, const Actor& actor, Vec3 top, float length, float width, float swing) {
    const float angle = radians(swing);
    const Vec3 foot = top + Vec3{0, -length * std::cos(angle), length * std::sin(angle)};
    const float w = width * 0.5F;
    Shaper shaper(mesh, actor.pose, actor.kind, actor.id);
    Random random(hash(actor.looks, top.y < actor_size(actor).y * 0.6F ? 5U : 6U));
    shaper.look(Material::plain, cloth_colour(random), 2);
    const auto corner = [&](Vec3 end, float x, float z) { return end + Vec3{x * w, 0, z * w}; };
    constexpr std::array<Vec2, 4> round{{{-1, -1}, {1, -1}, {1, 1}, {-1, 1}}};
    for (std::size_t i = 0; i < 4; ++i) {
        const Vec2 a = round[i];
        const Vec2 b = round[(i + 1) % 4];
        shaper.quad(corner(foot, a.x, a.y), corner(foot, b.x, b.y), corner(top, b.x, b.y),
                    corner(top, a.x, a.y));
    }
}

void add_person(Mesh& mesh, const Actor& actor) {
    const Vec3 size = actor_size(actor);
    const float h = size.y;
    Random random(hash(actor.looks, 6));
    const float swing = 28 * std::sin(actor.stride * 4.2F);
    const float hip = h * 0.5F;
    const float shoulder = h * 0.82F;
    for (const float side : {-1.0F, 1.0F}) {
        add_limb(mesh, actor, {side * h * 0.052F, hip, 0}, hip, h * 0.085F, side * swing);
        add_limb(mesh, actor, {side * h * 0.135F, shoulder, 0}, h * 0.36F, h * 0.06F,
                 -side * swing);
    }
    Shaper shaper(mesh, actor.pose, actor.kind, actor.id);
    shaper.look(Material::plain, cloth_colour(random), 2);
    shaper.tapered_box({0, hip - h * 0.03F, 0}, {h * 0.19F, shoulder - hip + h * 0.05F, h * 0.12F},
                       1.15F, 1, 0);
    Random head(hash(actor.looks, 9));
    shaper.look(Material::skin, Vec3{0.52F, 0.33F, 0.23F} * head.range(0.3F, 1.2F), 2);
    shaper.tapered_box({0, h * 0.85F, 0.01F}, {h * 0.085F, h * 0.12F, h * 0.1F}, 1.1F, 1, 0);
    shaper.look(Material::plain, Vec3{0.2F, 0.13F, 0.08F} * head.range(0.15F, 2.0F), 2);
    shaper.box({0, h * 0.93F, -0.02F}, {h * 0.1F, h * 0.07F, h * 0.11F});
    if (head.chance(0.3F)) {
        shaper.look(Material::plain, bright_colour(head), 2);
        shaper.box({0, h * 0.56F, -h * 0.1F}, {h * 0.15F, h * 0.22F, h * 0.09F});
    }
}

}  // namespace

Vec3 actor_size(const Actor& actor) {
    Random random(hash(actor.looks, 3));
    Vec3 size;
    switch (actor.kind) {
        case ObjectClass::truck:
            size = {2.4F, random.range(3.0F, 3.6F), random.range(6.5F, 9.0F)};
            break;
        case ObjectClass::bus:
            size = {2.5F, random.range(3.0F, 3.2F), random.range(10.0F, 12.0F)};
            break;
        case ObjectClass::person:
            size = {0.5F, random.range(1.55F, 1.9F), 0.4F};
            break;
        default:
            size = {random.range(1.7F, 1.9F), random.range(1.42F, 1.75F), random.range(3.7F, 4.8F)};
    }
    return size * actor.scale;
}

void add_actor(Mesh& mesh, const Actor& actor) {
    if (actor.kind == ObjectClass::person) return add_person(mesh, actor);
    Shaper shaper(mesh, actor.pose, actor.kind, actor.id);
    Random random(hash(actor.looks, 4));
    const Vec3 size = actor_size(actor);
    if (actor.kind == ObjectClass::truck) return add_truck(shaper, size, random);
    if (actor.kind == ObjectClass::bus) return add_bus(shaper, size, random);
    add_car(shaper, size, random);
}

void add_building(Mesh& mesh, const Pose& pose, Vec3 size, std::uint32_t looks) {
    Random random(looks);
    Shaper shaper(mesh, pose, ObjectClass::building, 0);
    const Vec3 wall = mix(Vec3{0.5F, 0.45F, 0.4F} * random.range(0.4F, 1.5F),
                          Vec3{0.45F, 0.2F, 0.13F}, random.chance(0.4F) ? 1.0F : 0.1F);
    shaper.look(Material::facade, wall, 1.0F / random.range(2.6F, 3.6F));
    shaper.box({0, 0, 0}, size);
    shaper.look(Material::roof, Vec3{0.25F, 0.24F, 0.23F} * random.range(0.6F, 1.6F));
    shaper.box({0, size.y, 0}, {size.x - 0.6F, 0.08F, size.z - 0.6F});
    shaper.look(Material::brick, wall * 0.8F);
    shaper.box({0, size.y - 0.4F, 0}, {size.x + 0.3F, 0.4F, size.z + 0.3F});
    for (int i = 1 + random.below(4); i > 0; --i) {
        shaper.look(Material::plain, Vec3{0.5F, 0.5F, 0.5F} * random.range(0.4F, 1.2F));
        shaper.box(
            {random.range(-0.35F, 0.35F) * size.x, size.y, random.range(-0.35F, 0.35F) * size.z},
            {random.range(1, 3), random.range(0.8F, 2), random.range(1, 3)});
    }
    shaper.look(Material::plain, bright_colour(random) * 0.8F);
    shaper.box({0, 2.9F, 0}, {size.x + 0.5F, random.range(0.4F, 0.9F), size.z * 0.8F});
}

void add_tree(Mesh& mesh, const Pose& pose, float height, std::uint32_t looks) {
    Random random(looks);
    Shaper shaper(mesh, pose, ObjectClass::vegetation, 0);
    shaper.look(Material::plain, {0.12F, 0.08F, 0.05F}, 1);
    shaper.tapered_box({0, 0, 0}, {0.35F, height * 0.55F, 0.35F}, 0.6F, 0.6F, 0);
    const Vec3 green = mix({0.06F, 0.14F, 0.03F}, {0.16F, 0.17F, 0.04F}, random.unit());
    for (int i = 0; i < 4; ++i) {
        shaper.look(Material::foliage, green * random.range(0.7F, 1.3F), 0.35F);
        const float r = height * random.range(0.18F, 0.27F);
        shaper.ball({random.range(-0.15F, 0.15F) * height, height * random.range(0.55F, 0.85F),
                     random.range(-0.15F, 0.15F) * height},
                    {r, r * 0.85F, r}, 0.5F, random.bits());
    }
}

void add_lamp(Mesh& mesh, const Pose& pose) {
    Shaper shaper(mesh, pose, ObjectClass::pole, 0);
    shaper.look(Material::plain, {0.2F, 0.21F, 0.22F});
    shaper.box({0, 0, 0}, {0.14F, lamp_height, 0.14F});
    shaper.box({lamp_reach * 0.5F, lamp_height, 0}, {lamp_reach, 0.1F, 0.1F});
    shaper.look(Material::lamp, {1.0F, 0.75F, 0.4F});
    shaper.box({lamp_reach, lamp_height - 0.12F, 0}, {0.7F, 0.12F, 0.3F});
}

void add_furniture(Mesh& mesh, const Pose& pose, std::uint32_t looks) {
    Random random(looks);
    Shaper shaper(mesh, pose, ObjectClass::pole, 0);
    const Vec3 colour = bright_colour(random);
    const int kind = random.below(4);
    if (kind == 0) {
        shaper.look(Material::plain, {0.3F, 0.3F, 0.3F});
        shaper.box({0, 0, 0}, {0.08F, 2.6F, 0.08F});
        shaper.look(Material::plain, colour);
        shaper.box({0, 2.1F, 0.06F}, {0.7F, 0.7F, 0.05F});
    } else if (kind == 1) {
        shaper.look(Material::plain, colour * 0.6F);
        shaper.tapered_box({0, 0, 0}, {0.6F, 1.0F, 0.6F}, 1.1F, 1.1F, 0);
    } else if (kind == 2) {
        shaper.look(Material::plain, {0.25F, 0.15F, 0.08F});
        shaper.box({0, 0.35F, 0}, {0.5F, 0.12F, 1.8F});
        shaper.box({-0.22F, 0.45F, 0}, {0.08F, 0.45F, 1.8F});
    } else {
        shaper.look(Material::plain, {0.15F, 0.15F, 0.16F});
        shaper.box({0, 0, 0}, {0.2F, 3.2F, 1.6F});
        shaper.look(Material::plain, colour);
        shaper.box({0, 1.0F, 0}, {0.26F, 2.0F, 1.4F});
    }
}

}  // namespace oneadapt::render
