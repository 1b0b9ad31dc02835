#pragma once

#include <cstdint>
#include <vector>

#include "raster.hpp"
#include "world.hpp"

namespace oneadapt::render {

/// The world as its camera sees it at one moment: what all images of a scene are made from, and
/// why they agree with each other and with the labels.
struct View {
    int index = 0;      ///< of the frame, from 0
    float seconds = 0;  ///< from the start of the scene
    Conditions conditions;
    Camera camera;
    std::vector<Actor> actors;
    Mesh mesh;
    Visibility visible;

    /// What a pixel (numbered row by row) sees; nullptr for the sky.
    [[nodiscard]] const Triangle* at(std::size_t pixel) const {
        const std::int32_t number = visible.triangle[pixel];
        if (number < 0) return nullptr;
        return &mesh[visible.triangles[static_cast<std::size_t>(number)].source];
    }

    /// The number of a pixel.
    [[nodiscard]] std::size_t pixel(int row, int column) const {
        return static_cast<std::size_t>(row) * static_cast<std::size_t>(camera.width) +
               static_cast<std::size_t>(column);
    }

    /// The place in the world that the middle of a pixel sees, which must not be the sky.
    [[nodiscard]] Vec3 place(int row, int column) const {
        const Vec3 ray =
            camera.ray(static_cast<float>(column) + 0.5F, static_cast<float>(row) + 0.5F);
        return camera.position + ray * (1 / visible.inverse_depth[pixel(row, column)]);
    }
};

/// Looks at a world in the frame `index`, counted from 0 at the scene's frame rate.
View look(const World& world, int index);

}  // namespace oneadapt::render
