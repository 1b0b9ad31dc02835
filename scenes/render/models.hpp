#pragma once

#include <cstdint>

#include "mesh.hpp"

namespace oneadapt::render {

/// One moving or parked thing at one moment.
struct Actor {
    std::int32_t id = 0;  ///< the same in every frame; above 0
    ObjectClass kind = ObjectClass::car;
    Pose pose;
    std::uint32_t looks = 0;  ///< seed of build and colours
    float scale = 1;          ///< factor on the usual size
    float stride = 0;         ///< persons: how far they have walked, in metres
    bool parked = false;      ///< vehicles: the engine is off
};

/// Width, height and length of a vehicle or person in metres.
Vec3 actor_size(const Actor& actor);

/// Adds the shape of an actor, standing on the ground at its pose.
void add_actor(Mesh& mesh, const Actor& actor);

/// Adds a house with its front door on the pose; `size` as in Shaper::box.
void add_building(Mesh& mesh, const Pose& pose, Vec3 size, std::uint32_t looks);

/// Adds a tree, `height` metres high.
void add_tree(Mesh& mesh, const Pose& pose, float height, std::uint32_t looks);

/// Height of a street lamp and how far its arm reaches over the road, in metres.
inline constexpr float lamp_height = 7.5F;
inline constexpr float lamp_reach = 2.0F;

/// Adds a street lamp whose arm points to the pose's right.
void add_lamp(Mesh& mesh, const Pose& pose);

/// Adds a small thing of the pavement: a bin, a box, a bench, a sign or a hoarding.
void add_furniture(Mesh& mesh, const Pose& pose, std::uint32_t looks);

}  // namespace oneadapt::render
