#include "cli/show.hpp"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <png.h>

#include "cli/drawing.hpp"
#include "cli/session.hpp"
#include "dnn/drawing.hpp"
#include "measure/differentiate.hpp"
#include "measure/encode.hpp"
#include "measure/infer.hpp"
#include "report/results.hpp"
#include "sim/clip_stream.hpp"
#include "sim/replay.hpp"
#include "support/errors.hpp"

namespace oneadapt {
namespace {

constexpr const char* kOutput = "output.png";
constexpr const char* kDnnGrad = "dnngrad.png";
constexpr const char* kDifference = "difference.png";

SegmentRef find_segment(ClipStream& stream, int wanted) {
    for (int seen = 0;; ++seen) {
        std::optional<SegmentRef> segment = stream.next();
        if (!segment) {
            throw UsageError(
                fmt::format("--segment {}", wanted),
                fmt::format("is not in clip '{}', which has {} segments", stream.clip().name, seen),
                "segments count from 0");
        }
        if (seen == wanted) return std::move(*segment);
    }
}

/// An image in CV_8UC3, BGR.
void write_png(const std::filesystem::path& file, const cv::Mat& image) {
    png_image form = {};
    form.version = PNG_IMAGE_VERSION;
    form.width = static_cast<png_uint_32>(image.cols);
    form.height = static_cast<png_uint_32>(image.rows);
    form.format = PNG_FORMAT_BGR;
    const auto stride = static_cast<png_int_32>(image.step1());
    png_alloc_size_t size = PNG_IMAGE_PNG_SIZE_MAX(form);
    std::vector<char> bytes(size);
    if (png_image_write_to_memory(&form, bytes.data(), &size, 0, image.data, stride, nullptr) ==
        0) {
        throw OutputError(file.string(), std::string("cannot be encoded: ") + form.message,
                          "try a smaller picture");
    }
    write_file(file, [&](std::ostream& out) {
        out.write(bytes.data(), static_cast<std::streamsize>(size));
    });
}

/// Makes the folder and refuses, before long work, one that cannot be written to.
std::filesystem::path make_folder(const RunSpec& spec, const Execution& execution) {
    std::filesystem::path folder = execution.out.empty()
                                       ? std::filesystem::path("results/runs/show-" + spec.task)
                                       : execution.out;
    std::error_code failed;
    std::filesystem::create_directories(folder, failed);
    if (failed) {
        throw OutputError(folder.string(), "cannot be made: " + failed.message(),
                          "name another folder with --out");
    }
    for (const char* picture : {kOutput, kDnnGrad, kDifference}) {
        check_file_writable(folder / picture);
    }
    return folder;
}

/// A line for each act: who, what, from and to in seconds after the segment's capture began, bytes.
std::string act_line(const Act& act, SimSeconds begin) {
    static constexpr const char* kActors[] = {"camera", "uplink", "server", "downlink"};
    const std::string bytes = act.bytes > 0 ? fmt::format("{} B", act.bytes) : "";
    return fmt::format("{:<9} {:8.3f} {:8.3f}  {:<28} {}\n",
                       kActors[static_cast<std::size_t>(act.actor)], (act.from - begin).value,
                       (act.to - begin).value, act.what, bytes);
}

/// What the run's one scheme plays at its one weight in a segment of the first clip.
struct PlayedSegment {
    Configuration configuration;
    std::vector<Act> acts;
    std::optional<SimSeconds> delay;
};

PlayedSegment played_by(const RunSpec& spec, const Session& session, int segment, bool acts) {
    if (spec.schemes.size() != 1 || session.plan.goals.size() != 1) {
        throw UsageError("show --scheme", "needs one scheme and one weight, or one setting",
                         "write e.g. --scheme oneadapt --weights 1");
    }
    PlayedSegment played;
    ReplayPlan plan = session.plan;
    plan.clips.resize(1);
    const SchemeKind& kind = *plan.schemes.front().kind;
    if (acts && kind.cells(plan.goals, plan.space).size() != 1) {
        throw UsageError("show --acts --scheme " + kind.name, "plays a row for each configuration",
                         "leave one with --values, e.g. --values qp=30");
    }
    if (acts) {
        plan.on_act = [&](int at, const Act& act) {
            if (at == segment) played.acts.push_back(act);
        };
    }
    const ReplayProgress silent{[](std::int64_t) {}, [](std::int64_t) {}};
    const ReplayOutcome outcome = replay(plan, *session.trace, silent);
    const auto row = std::ranges::find(outcome.result.segments, segment, &SegmentRow::segment);
    if (row == outcome.result.segments.end()) return {};  // find_segment() says what is wrong
    played.configuration = Configuration::parse(row->configuration);
    played.delay = row->delay;
    return played;
}

void print_acts(const PlayedSegment& played, const SegmentInfo& segment) {
    fmt::print("{:<9} {:>8} {:>8}\n", "", "from s", "to s");
    std::vector<Act> by_time = played.acts;
    std::ranges::stable_sort(by_time, {}, &Act::from);
    for (const Act& act : by_time) fmt::print("{}", act_line(act, segment.start));
    fmt::print("captured by {:.3f} s; {}\n", segment.duration.value,
               played.delay
                   ? fmt::format("the last result is there {:.3f} s later", played.delay->value)
                   : "no result");
}

PlayedSegment wanted_segment(const RunSpec& spec, const ShowOptions& what, const Session& session) {
    if (what.acts && spec.schemes.empty()) {
        throw UsageError("show --acts", "needs a scheme to act",
                         "write e.g. --scheme oneadapt --weights 1");
    }
    if (what.acts && !what.configuration.empty()) {
        throw UsageError("show --acts --configuration", "is a segment that no scheme played",
                         "leave --configuration out, or play it: --scheme static --values qp=30");
    }
    if (!what.configuration.empty()) {
        const Configuration configuration = Configuration::parse(what.configuration);
        check_together(configuration.knobs());
        return {.configuration = configuration, .acts = {}, .delay = {}};
    }
    if (!spec.schemes.empty()) return played_by(spec, session, what.segment, what.acts);
    return {.configuration = session.plan.space.reference(), .acts = {}, .delay = {}};
}

}  // namespace

int show_command(const RunSpec& spec, const Execution& execution, const ShowOptions& what) {
    if (execution.offline) {
        throw UsageError("show --offline", "would have no pictures", "leave --offline out");
    }
    const Session session = open_drawn_session(spec, execution);
    const std::filesystem::path folder = make_folder(spec, execution);
    const ReplayPlan& plan = session.plan;
    const PlayedSegment played = wanted_segment(spec, what, session);
    const Configuration& configuration = played.configuration;
    ClipStream stream(plan.clips.front(), plan.read, *session.trace, false);
    const SegmentRef segment = find_segment(stream, what.segment);
    const Dnn& dnn = plan.instruments.dnn(configuration);
    const Sidecar& sidecar = dnn.model().sidecar();
    Lab lab(segment, plan.instruments, *session.trace);

    const cv::Mat picture = lab.received(configuration)->back();
    const EncodingPtr encoding = lab.take(Encode{configuration});
    const OutputPtr output = lab.take(Infer{configuration, &dnn});
    const std::shared_ptr<const DnnGrad> gradient =
        lab.take(Differentiate{configuration, &dnn, Sidecar::kLowestThreshold});

    const cv::Mat canvas = shown(picture, sidecar);
    cv::Mat drawn = canvas.clone();
    plan.task->draw(drawn, picture.size(),
                    output->frames.at(static_cast<std::size_t>(encoding->kept.back())), sidecar);
    write_png(folder / kOutput, drawn);
    write_png(folder / kDnnGrad,
              heat_over(canvas, gradient->saliency.tiles(), picture.size(), sidecar));
    write_png(folder / kDifference,
              heat_over(canvas, encoding->difference.tiles(), picture.size(), sidecar));
    const RegionGrid regions = plan.instruments.input.regions(stream.size());
    for (const auto& [knob, values] : configuration.values()) {
        if (!find_knob(knob).regional()) continue;
        cv::Mat map = canvas.clone();
        draw_regions(map, picture.size(), knob, values, regions, sidecar);
        write_png(folder / (knob + ".png"), map);
    }
    if (!execution.quiet) {
        fmt::print("clip '{}', segment {}, {}: {} bytes, utility {:.4g}\npictures in {}\n",
                   stream.clip().name, what.segment, configuration.text(), encoding->bytes,
                   gradient->utility, folder.string());
        if (what.acts) print_acts(played, segment.info);
    }
    return static_cast<int>(ExitCode::ok);
}

}  // namespace oneadapt
