#include "run/forecast.hpp"

#include <filesystem>

#include <fmt/format.h>

#include "measure/encode.hpp"
#include "measure/infer.hpp"
#include "media/clip.hpp"
#include "sim/clip_stream.hpp"
#include "support/errors.hpp"
#include "support/program.hpp"
#include "testbed/world.hpp"

namespace oneadapt {
namespace {

namespace fs = std::filesystem;

/// A clip that the trace knows.
std::unique_ptr<ClipStream> known_clip(const Session& session, const ClipSpec& clip) {
    try {
        return std::make_unique<ClipStream>(clip, session.plan.read, *session.trace,
                                            /*offline=*/true);
    } catch (const TraceError&) {
        return nullptr;
    }
}

/// What a recording promises of itself, if it is there.
std::optional<ClipInfo> promised(const Session& session, const ClipSpec& clip) {
    std::error_code unreachable;
    if (!fs::exists(clip.file, unreachable)) return std::nullopt;
    return open_clip(clip, session.plan.read)->info();
}

/// Names an evaluation of a segment that the trace does not know.
Hash128 name_of(const Session& session, const ClipSpec& clip, int segment,
                const Configuration& configuration) {
    const RunSpec& spec = session.spec;
    return Hasher()
        .add(fmt::format("{}|{}|{}|{}|{}|{}|{}|{}|{}", clip.file.string(), clip.start_s,
                         session.plan.read.text(), spec.codec, spec.preset,
                         session.models.front().file.string(), spec.device, segment,
                         configuration.text()))
        .finish();
}

/// Seconds of encoding and analysing a frame, where the trace knows what the DNN takes.
double seconds_per_frame(const Session& session, cv::Size size) {
    const DeviceProfile& device = session.plan.device;
    try {
        const auto dnns = world_dnns(session.plan.instruments, device, size, *session.trace);
        return device.encode_s_per_megapixel * 1e-6 * size.area() + dnns.front().seconds;
    } catch (const TraceError&) {
        return 0;
    }
}

/// Whether the trace has the evaluation; its name there.
std::pair<bool, Hash128> look_up(const Session& session, const Lab& lab,
                                 const Configuration& configuration) {
    const EncodePlan plan(as_sent(configuration));
    const Dnn& dnn = session.plan.instruments.dnn(configuration);
    const Hash128 output = lab.key_of(Infer{Recipe(plan), &dnn});
    const bool known = session.trace->find(Encode::kName, lab.key_of(Encode{plan})) &&
                       session.trace->find(Infer::kName, output);
    return {known, output};
}

}  // namespace

Forecast::Forecast(const Execution& execution)
    : execution_(execution),
      folder_(fs::temp_directory_path() / ("oneadapt-forecast-" + process_mark())) {}

Forecast::~Forecast() {
    scratch_ = {};
    std::error_code ignored;
    fs::remove_all(folder_, ignored);
}

Session Forecast::open(const RunSpec& spec) {
    Execution reading = execution_;
    reading.offline = true;
    std::error_code unreachable;
    if (fs::exists(execution_.trace, unreachable)) {
        try {
            return open_session(spec, reading, shared_);
        } catch (const TraceError&) {
            if (!shared_.trace) throw;  // it is none
        }
    }
    Execution empty = execution_;
    empty.offline = false;
    empty.trace = folder_ / "empty.trace";
    return open_session(spec, empty, scratch_);
}

CellForecast Forecast::add(const Cell& cell) {
    const Session session = open(cell.spec);
    CellForecast forecast;
    for (const ClipSpec& clip : session.plan.clips) add_clip(session, clip, forecast);
    return forecast;
}

void Forecast::add_clip(const Session& session, const ClipSpec& clip, CellForecast& cell) {
    const std::vector<Configuration> grid = session.plan.space.grid();
    double seconds = 0;
    const auto lacks = [&](const Hash128& name) {
        if (!counted_.insert(name).second) return;
        ++cell.lacking;
        cell.seconds += seconds;
    };
    if (const auto stream = known_clip(session, clip)) {
        const double per_frame = seconds_per_frame(session, stream->size());
        while (const auto segment = stream->next()) {
            const Lab lab(*segment, session.plan.instruments, *session.trace);
            seconds = per_frame * segment->info.frames;
            for (const Configuration& configuration : grid) {
                const auto [known, name] = look_up(session, lab, configuration);
                if (!known) lacks(name);
                ++cell.evaluations;
            }
        }
        return;
    }
    const std::optional<ClipInfo> info = promised(session, clip);
    if (!info || !info->segments) {
        cell.unknown.push_back(clip.name);
        return;
    }
    seconds = seconds_per_frame(session, info->size) * session.plan.read.segment_frames;
    for (int segment = 0; segment < *info->segments; ++segment) {
        for (const Configuration& configuration : grid) {
            lacks(name_of(session, clip, segment, configuration));
            ++cell.evaluations;
        }
    }
}

std::optional<double> Forecast::bytes_per_evaluation() {
    if (!shared_.trace || shared_.trace->size() == 0) return std::nullopt;
    const auto bytes = static_cast<double>(fs::file_size(execution_.trace));
    constexpr double kMeasurements = 2;  // an encoding and an output
    return kMeasurements * bytes / static_cast<double>(shared_.trace->size());
}

}  // namespace oneadapt
