#pragma once

#include "mesh.hpp"
#include "world.hpp"

namespace oneadapt::render {

/// A place on a surface as one pixel sees it.
struct SurfacePoint {
    Vec3 position;  ///< world, metres
    Vec2 uv;
    float footprint = 0;  ///< size of the pixel on the surface in units of uv
    float narrow = 0;     ///< width of the pixel at that depth, metres
    float wide = 0;       ///< length of the pixel on flat ground, metres
    const Triangle* triangle = nullptr;
};

/// What a surface does with light, before any shines on it.
struct Look {
    Vec3 albedo;
    Vec3 emission;
    float gloss = 0;  ///< share of the sky that it mirrors at a flat angle
};

/// The look of a surface: patterns, markings, windows, lamps.
Look look_of(const SurfacePoint& point, const Town& town, const Conditions& conditions);

}  // namespace oneadapt::render
