#include "cli/clips.hpp"

#include <filesystem>
#include <set>

#include <fmt/format.h>

#include "cli/data_root.hpp"
#include "cli/draw_scene.hpp"
#include "media/dataset.hpp"
#include "support/errors.hpp"
#include "support/interrupt.hpp"

namespace oneadapt {
namespace {

std::vector<ClipSpec> named_files(const std::vector<std::filesystem::path>& files,
                                  const std::string& media) {
    std::vector<ClipSpec> clips;
    std::set<std::string> names;
    for (const std::filesystem::path& file : files) {
        ClipSpec clip;
        clip.name = file.stem().string();
        clip.kind = media;
        clip.file = file;
        if (!names.insert(clip.name).second) {
            throw UsageError(fmt::format("--clip {}", file.string()),
                             fmt::format("a clip named '{}' is given already", clip.name),
                             "name both in a dataset manifest, under different names");
        }
        clips.push_back(std::move(clip));
    }
    return clips;
}

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
        if (!quiet) fmt::print(stderr, "rendering {} of clip '{}' (once)\n", sensor, clip.name);
        std::error_code failed;
        std::filesystem::create_directories(file.parent_path(), failed);
        draw_scene(*clip.scene, sensor, file, boxes);
    };
    render(clip.kind, clip.file);
    if (recorded(labels)) render("classes", labels);
}

}  // namespace

std::vector<ClipSpec> find_clips(const RunOptions& options, const TaskInput& input) {
    std::vector<ClipSpec> clips;
    if (!options.clips.empty()) {
        clips = named_files(options.clips, input.media);
    } else {
        clips =
            load_dataset(options.dataset.empty() ? data_root() / input.dataset : options.dataset)
                .clips;
    }
    for (ClipSpec& clip : clips) {
        if (clip.kind != input.media) {
            throw UsageError(
                fmt::format("clip '{}'", clip.name),
                fmt::format("is of kind {}, and the model takes {}", clip.kind, input.media),
                fmt::format("use --input {}", clip.kind));
        }
        if (options.start_s) clip.start_s = *options.start_s;
        if (options.duration_s) clip.duration_s = options.duration_s;
        if (!options.offline && clip.scene) render_clip(clip, options.quiet);
    }
    return clips;
}

}  // namespace oneadapt
