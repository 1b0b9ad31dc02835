#include "cli/show.hpp"

#include <algorithm>
#include <vector>

#include <fmt/format.h>
#include <opencv2/imgcodecs.hpp>

#include "cli/drawing.hpp"
#include "cli/session.hpp"
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

void write_png(const std::filesystem::path& file, const cv::Mat& image) {
    std::vector<std::uint8_t> bytes;
    cv::imencode(".png", image, bytes);
    write_file(file, [&](std::ostream& out) {
        out.write(reinterpret_cast<const char*>(bytes.data()),
                  static_cast<std::streamsize>(bytes.size()));
    });
}

/// Makes the folder and refuses, before long work, one that cannot be written to.
std::filesystem::path make_folder(const RunOptions& options) {
    const std::filesystem::path folder =
        options.out.empty() ? std::filesystem::path("results/runs/show-" + options.task)
                            : options.out;
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

/// What the run's one scheme plays at its one weight in that segment of the first clip.
Configuration played_by(const RunOptions& options, const Session& session, int segment) {
    if (options.schemes.size() != 1 || options.weights.size() != 1) {
        throw UsageError("show --scheme", "needs one scheme and one weight",
                         "write e.g. --scheme oneadapt --weights 1");
    }
    ReplayPlan plan = session.plan;
    plan.clips.resize(1);
    const ReplayProgress silent{[](std::int64_t) {}, [](std::int64_t) {}};
    const ReplayOutcome outcome = replay(plan, *session.trace, silent);
    const auto row = std::ranges::find(outcome.result.segments, segment, &SegmentRow::segment);
    if (row == outcome.result.segments.end()) return {};  // find_segment() says what is wrong
    return Configuration::parse(row->configuration);
}

Configuration wanted_configuration(const RunOptions& options, const ShowOptions& what,
                                   const Session& session) {
    if (!what.configuration.empty()) {
        Configuration configuration = Configuration::parse(what.configuration);
        std::vector<std::string> names;
        for (const auto& [knob, values] : configuration.values()) names.push_back(knob);
        check_together(names);
        return configuration;
    }
    if (!options.schemes.empty()) return played_by(options, session, what.segment);
    return session.plan.space.reference();
}

}  // namespace

int show_command(const RunOptions& options, const ShowOptions& what) {
    if (options.offline) {
        throw UsageError("show --offline", "would have no pictures", "leave --offline out");
    }
    const Session session = open_session(options);
    const std::filesystem::path folder = make_folder(options);
    const ReplayPlan& plan = session.plan;
    const Configuration configuration = wanted_configuration(options, what, session);
    ClipStream stream(plan.clips.front(), plan.read, *session.trace, false);
    const SegmentRef segment = find_segment(stream, what.segment);
    const Dnn& dnn = plan.instruments.dnn(configuration);
    const Sidecar& sidecar = dnn.model().sidecar();
    Lab lab(segment, plan.instruments, *session.trace);

    const cv::Mat picture = lab.received(configuration)->back();
    const EncodingPtr encoding = lab.take(Encode{configuration});
    const OutputPtr output = lab.take(Infer{configuration, &dnn});
    const GradientPtr gradient = lab.take(Differentiate{configuration, &dnn, Output::kScoreFloor});

    const cv::Mat canvas = shown(picture, sidecar);
    cv::Mat drawn = canvas.clone();
    draw_output(drawn, picture.size(),
                output->frames.at(static_cast<std::size_t>(encoding->kept.back())), sidecar);
    write_png(folder / kOutput, drawn);
    write_png(folder / kDnnGrad, heat_over(canvas, gradient->saliency, picture.size(), sidecar));
    write_png(folder / kDifference,
              heat_over(canvas, encoding->difference, picture.size(), sidecar));
    const RegionGrid regions = plan.instruments.input.regions(stream.size());
    for (const auto& [knob, values] : configuration.values()) {
        if (!find_knob(knob).regional()) continue;
        cv::Mat map = canvas.clone();
        draw_regions(map, picture.size(), knob, values, regions, sidecar);
        write_png(folder / (knob + ".png"), map);
    }
    if (!options.quiet) {
        fmt::print("clip '{}', segment {}, {}: {} bytes, utility {:.4g}\npictures in {}\n",
                   stream.clip().name, what.segment, configuration.text(), encoding->bytes,
                   gradient->utility, folder.string());
    }
    return static_cast<int>(ExitCode::ok);
}

}  // namespace oneadapt
