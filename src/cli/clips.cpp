#include "cli/clips.hpp"

#include <filesystem>
#include <set>

#include <fmt/format.h>

#include "cli/data_root.hpp"
#include "media/dataset.hpp"
#include "render/render.hpp"
#include "speech/recording.hpp"
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

void render_clip(const ClipSpec& clip, bool quiet) {
    check_interrupt();
    if (!quiet) fmt::print(stderr, "rendering clip '{}' (once)\n", clip.name);
    const std::filesystem::path labels = clip.labels.value_or(clip.file.string() + ".labels.json");
    if (clip.kind == "audio") {
        speech::record_scene(*clip.scene, clip.file, labels);
    } else {
        render::render_scene(*clip.scene, render::sensor_named(clip.kind), clip.file, labels);
    }
}

/// Whether a clip is still to be drawn from its scene, or was drawn before the scene last changed.
bool must_render(const ClipSpec& clip) {
    if (!clip.scene) return false;
    if (!std::filesystem::exists(clip.file)) return true;
    std::error_code no_scene;
    const auto changed = std::filesystem::last_write_time(*clip.scene, no_scene);
    return !no_scene && changed > std::filesystem::last_write_time(clip.file);
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
        if (!options.offline && must_render(clip)) render_clip(clip, options.quiet);
    }
    return clips;
}

}  // namespace oneadapt
