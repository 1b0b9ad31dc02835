#include "cli/show.hpp"

#include <algorithm>
#include <vector>

#include <fmt/format.h>
#include <png.h>

#include "cli/drawing.hpp"
#include "cli/session.hpp"
#include "report/results.hpp"
#include "sim/clip_stream.hpp"
#include "sim/replay.hpp"
#include "support/errors.hpp"

namespace oneadapt {
namespace {

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

void make_folder(const std::filesystem::path& folder) {
    std::error_code failed;
    std::filesystem::create_directories(folder, failed);
    if (failed) {
        throw OutputError(folder.string(), "cannot be made: " + failed.message(),
                          "name another folder with --out");
    }
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
    const Session session = open_session(options);
    const ReplayPlan& plan = session.plan;
    if (plan.offline) {
        throw UsageError("show --offline", "would have no pictures", "leave --offline out");
    }
    const Configuration configuration = wanted_configuration(options, what, session);
    ClipStream stream(plan.clips.front(), plan.read, *session.trace, false);
    const SegmentRef segment = find_segment(stream, what.segment);
    const Sidecar& sidecar = plan.instruments.dnn(configuration).model().sidecar();
    Measurements measurements(segment, plan.instruments, *session.trace);

    const cv::Mat picture = measurements.received(configuration)->back();
    const EncodingPtr encoding = measurements.encoding(configuration);
    const OutputPtr output = measurements.output(configuration);
    const GradientPtr gradient = measurements.gradient(configuration, Output::kScoreFloor);

    const std::filesystem::path folder =
        options.out.empty() ? std::filesystem::path("results/runs/show-" + options.task)
                            : options.out;
    make_folder(folder);
    const cv::Mat canvas = shown(picture, sidecar);
    cv::Mat drawn = canvas.clone();
    draw_output(drawn, picture.size(),
                output->frames.at(static_cast<std::size_t>(encoding->kept.back())), sidecar);
    write_png(folder / "output.png", drawn);
    write_png(folder / "dnngrad.png",
              heat_over(canvas, gradient->saliency, picture.size(), sidecar));
    write_png(folder / "difference.png",
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
