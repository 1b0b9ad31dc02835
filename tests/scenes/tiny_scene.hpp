#pragma once

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>

#include "render/scene.hpp"
#include "support/temp_folder.hpp"

namespace oneadapt::render::test {

/// A scene file's worth of a busy street, small and short enough for a test.
inline nlohmann::json tiny_scene() {
    return {{"seed", 5},
            {"camera", {{"kind", "fixed"}, {"height", 6}, {"pitch", 10}, {"fov", 55}}},
            {"size", {320, 192}},
            {"fps", 10},
            {"seconds", 0.6},
            {"traffic", {{0, 0.8}, {1, 0.6}}},
            {"pedestrians", 0.6},
            {"light", {{0, 1}, {1, 0.2}}},
            {"rain", 0.3}};
}

/// The same street, dry, from behind a windscreen.
inline nlohmann::json tiny_drive() {
    nlohmann::json scene = tiny_scene();
    scene["camera"] = {{"kind", "dashcam"}, {"x", 4.95}, {"height", 1.5},
                       {"pitch", 2},        {"fov", 62}, {"speed", 8}};
    scene["rain"] = 0;
    return scene;
}

inline std::filesystem::path write_scene(const oneadapt::test::TempFolder& folder,
                                         const nlohmann::json& scene) {
    std::filesystem::path file = folder / "scene.json";
    std::ofstream(file) << scene;
    return file;
}

/// A scene as the renderer reads it.
inline Scene parsed(const nlohmann::json& scene) {
    const oneadapt::test::TempFolder folder;
    return load_scene(write_scene(folder, scene));
}

/// All bytes of a file.
inline std::string bytes(const std::filesystem::path& file) {
    std::ifstream stream(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(stream), {}};
}

}  // namespace oneadapt::render::test
