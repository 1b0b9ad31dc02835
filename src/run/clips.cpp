#include "run/clips.hpp"

#include <filesystem>
#include <set>

#include <fmt/format.h>

#include "media/dataset.hpp"
#include "run/data_root.hpp"
#include "support/errors.hpp"

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
        if (clip.kind != input.media) {
            throw UsageError(
                fmt::format("clip '{}'", clip.name),
                fmt::format("is of kind {}, and the model takes {}", clip.kind, input.media),
                fmt::format("use --input {}", clip.kind));
        }
        if (spec.start_s) clip.start_s = *spec.start_s;
        if (spec.duration_s) clip.duration_s = spec.duration_s;
    }
    return clips;
}

}  // namespace oneadapt
