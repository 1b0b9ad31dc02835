#include "cli/clips.hpp"

#include <filesystem>

#include <fmt/format.h>

#include "cli/draw_scene.hpp"
#include "support/console.hpp"
#include "support/errors.hpp"
#include "support/interrupt.hpp"

namespace oneadapt {
namespace {

/// Whether a file is still to be made from a scene, or was made before the scene last changed.
bool outdated(const std::filesystem::path& file, const std::filesystem::path& scene) {
    if (!std::filesystem::exists(file)) return true;
    std::error_code no_scene;
    const auto changed = std::filesystem::last_write_time(scene, no_scene);
    return !no_scene && changed > std::filesystem::last_write_time(file);
}

/// Labels that are a recording themselves: class maps.
bool recorded(const std::filesystem::path& labels) {
    return labels.extension() == ".mkv";
}

/// Makes what a clip's scene still has to become: the recording, and recorded labels.
void render_clip(const ClipSpec& clip, bool quiet) {
    check_interrupt();
    const std::filesystem::path beside =
        std::filesystem::path(clip.file).replace_extension(".labels.json");
    const std::filesystem::path labels = clip.labels.value_or(beside);
    const std::filesystem::path boxes = recorded(labels) ? beside : labels;
    const auto render = [&](const std::string& sensor, const std::filesystem::path& file) {
        if (!outdated(file, *clip.scene) && std::filesystem::exists(boxes)) return;
        if (!quiet) tell(fmt::format("rendering {} of clip '{}' (once)\n", sensor, clip.name));
        std::error_code failed;
        std::filesystem::create_directories(file.parent_path(), failed);
        draw_scene(*clip.scene, sensor, file, boxes);
    };
    render(clip.kind, clip.file);
    if (recorded(labels)) render("classes", labels);
}

}  // namespace

void draw_missing_clips(const std::vector<ClipSpec>& clips, bool quiet) {
    for (const ClipSpec& clip : clips) {
        if (clip.scene) render_clip(clip, quiet);
    }
}

}  // namespace oneadapt
