#include "run/clips.hpp"

#include <filesystem>

#include <fmt/format.h>

#include "media/dataset.hpp"
#include "report/summary.hpp"
#include "run/clip_names.hpp"
#include "run/data_root.hpp"
#include "support/errors.hpp"

namespace oneadapt {
namespace {

std::vector<ClipSpec> named_files(const std::vector<std::filesystem::path>& files,
                                  const std::string& media) {
    const std::vector<std::string> names = clip_names(files);
    std::vector<ClipSpec> clips(files.size());
    for (std::size_t i = 0; i < clips.size(); ++i) {
        clips[i].name = names[i];
        clips[i].kind = media;
        clips[i].file = files[i];
    }
    return clips;
}

}  // namespace

std::vector<ClipSpec> find_clips(const RunSpec& spec, const TaskInput& input) {
    std::vector<ClipSpec> clips;
    if (!spec.clips.empty()) {
        clips = named_files(spec.clips, input.media);
    } else {
        clips =
            load_dataset(spec.dataset.empty() ? data_root() / input.dataset : spec.dataset).clips;
    }
    for (ClipSpec& clip : clips) {
        if (clip.scene) {
            clip.file = place_of_drawn(clip.file);
            if (clip.labels) clip.labels = place_of_drawn(*clip.labels);
        }
        if (clip.name == all_clips) {
            throw UsageError(fmt::format("clip '{}'", clip.name),
                             "has the name that stands for the mean over all clips",
                             "name the file, or the clip in its manifest, otherwise");
        }
        if (clip.kind != input.media) {
            throw UsageError(
                fmt::format("clip '{}'", clip.name),
                fmt::format("is of kind {}, and the model takes {}", clip.kind, input.media),
                fmt::format("use --input {}", clip.kind));
        }
        if (spec.start_s) clip.start_s = *spec.start_s;
        if (spec.duration_s) clip.duration_s = spec.duration_s;
        if (!spec.point_layout.empty()) clip.points.layout = spec.point_layout;
        if (spec.intensity_max) clip.points.brightest = spec.intensity_max;
        check_point_form(clip);
    }
    return clips;
}

}  // namespace oneadapt
