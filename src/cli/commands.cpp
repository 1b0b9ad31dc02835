#include "cli/commands.hpp"

#include <fmt/format.h>

#include "dnn/check.hpp"
#include "media/clip.hpp"
#include "run/clip_names.hpp"
#include "support/errors.hpp"
#include "trace/trace.hpp"

namespace oneadapt {

int merge_command(const std::vector<std::filesystem::path>& traces) {
    for (std::size_t i = 1; i < traces.size(); ++i) {
        Trace(traces[i], Trace::Mode::read_only);  // refuse a bad one before touching the first
    }
    Trace target(traces.front(), Trace::Mode::read_write);
    for (std::size_t i = 1; i < traces.size(); ++i) {
        fmt::print("{} measurements from {}\n", target.merge(traces[i]), traces[i].string());
    }
    fmt::print("{} measurements in {}\n", target.size(), traces.front().string());
    return static_cast<int>(ExitCode::ok);
}

int model_check_command(const std::filesystem::path& model, const std::filesystem::path& sidecar,
                        const std::string& device, const ClipSpec& clip) {
    const Sidecar description = load_sidecar(sidecar.empty() ? sidecar_path(model) : sidecar);
    std::optional<Segment> segment;
    if (!clip.file.empty()) {
        ReadOptions read;
        read.fps = find_media(description.input_kind).fps;
        read.segment_frames = 1;
        read.sample_rate = description.log_mel.rate;
        read.size_multiple = description.size_multiple;
        read.size = description.fixed_size;
        ClipSpec spec = clip;
        spec.name = clip_names({clip.file}).front();
        spec.kind = description.input_kind;
        segment = open_clip(spec, read)->next();
    }
    const ModelCheck check =
        check_model(model, description, device, segment ? &segment->frames.front() : nullptr);
    for (const std::string& line : check.lines) fmt::print("{}\n", line);
    return static_cast<int>(check.ok ? ExitCode::ok : ExitCode::model);
}

}  // namespace oneadapt
