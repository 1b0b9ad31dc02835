#include "cli/calibrate.hpp"

#include <algorithm>
#include <chrono>
#include <functional>
#include <ostream>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/session.hpp"
#include "report/results.hpp"
#include "support/errors.hpp"

namespace oneadapt {
namespace {

/// Median wall time of five runs, after one to warm up.
double median_seconds(const std::function<void()>& work) {
    using Clock = std::chrono::steady_clock;
    work();
    std::vector<double> seconds;
    for (int i = 0; i < 5; ++i) {
        const auto start = Clock::now();
        work();
        seconds.push_back(std::chrono::duration<double>(Clock::now() - start).count());
    }
    std::ranges::nth_element(seconds, seconds.begin() + 2);
    return seconds[2];
}

/// Seconds of a forward pass of one frame.
double forward_seconds(const Model& model, const std::vector<cv::Mat>& pictures, int exit = 0) {
    return median_seconds([&] { model.infer(pictures, exit); }) /
           static_cast<double>(pictures.size());
}

/// Puts what a DNN takes in place of what the profile knew of it at that size.
void set_cost(DeviceProfile& profile, const DnnCost& cost) {
    std::erase_if(profile.dnns, [&](const DnnCost& known) { return same_place(known, cost); });
    profile.dnns.push_back(cost);
}

DeviceProfile measure(const Session& session) {
    const ReplayPlan& plan = session.plan;
    const auto reader = open_clip(plan.clips.front(), plan.read);
    const std::optional<Segment> segment = reader->next();
    if (!segment) throw InputError(plan.clips.front().name, "has no frames", "name another clip");
    const Codec& codec = plan.instruments.codec();
    // The middle of the grid stands for the work of a typical configuration.
    const std::vector<Configuration> grid = plan.space.grid();
    const Configuration& typical = grid[grid.size() / 2];
    const Model& model = plan.instruments.dnn(typical).model();
    const Encoded encoded = codec.encode(*segment, as_sent(typical));
    const double megapixels = static_cast<double>(encoded.encoded_units) * 1e-6;
    const auto pictures = pictures_of(codec.decode(encoded), plan.instruments.input);

    DeviceProfile profile = plan.device;
    const double encode = median_seconds([&] { codec.encode(*segment, as_sent(typical)); });
    const double forward = forward_seconds(model, pictures);
    const double both = median_seconds([&] { model.gradient(pictures.back(), 0.3); });
    profile.encode_s_per_megapixel = encode / megapixels;
    profile.server_encode_s_per_megapixel = profile.encode_s_per_megapixel;
    profile.forward_s_per_gflop = forward / model.gflop(segment->size);
    profile.backward_ratio = std::max(0.0, both / forward - 1.0);
    for (const Dnn& dnn : plan.instruments.dnns) {
        set_cost(profile, {.dnn = dnn.family,
                           .size = segment->size,
                           .exit = dnn.exit,
                           .seconds = forward_seconds(dnn.model(), pictures, dnn.exit),
                           .watts = profile.server_watts});
    }
    return profile;
}

/// Refuses, before long work, a file that cannot be written, and one that is something else.
void check_target(const std::filesystem::path& out) {
    check_file_writable(out);
    std::error_code missing;
    if (std::filesystem::file_size(out, missing) == 0 || missing) return;
    try {
        load_device_profile(out);
    } catch (const InputError&) {
        throw OutputError(out.string(), "is no device profile, and would be overwritten",
                          "name a new file");
    }
}

}  // namespace

int calibrate_command(const RunSpec& spec, const Execution& execution,
                      const std::filesystem::path& out) {
    if (execution.offline) {
        throw UsageError("calibrate --offline", "would measure nothing", "leave --offline out");
    }
    check_target(out);
    const Session session = open_drawn_session(spec, execution);
    DeviceProfile profile = measure(session);
    profile.name = out.stem().string();
    write_file(out, [&](std::ostream& stream) { stream << to_json(profile).dump(2) << '\n'; });
    if (!execution.quiet) fmt::print("{}\nwritten to {}\n", to_json(profile).dump(2), out.string());
    return static_cast<int>(ExitCode::ok);
}

}  // namespace oneadapt
