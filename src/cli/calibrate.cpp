#include "cli/calibrate.hpp"

#include <algorithm>
#include <chrono>
#include <fstream>
#include <functional>
#include <optional>
#include <ostream>
#include <string>
#include <thread>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/session.hpp"
#include "report/results.hpp"
#include "support/energy_meter.hpp"
#include "support/errors.hpp"
#include "support/text.hpp"

namespace oneadapt {
namespace {

constexpr int kRuns = 9;

/// Median wall time of some runs, after one to warm up.
double median_seconds(const std::function<void()>& work) {
    using Clock = std::chrono::steady_clock;
    work();
    std::vector<double> seconds;
    for (int i = 0; i < kRuns; ++i) {
        const auto start = Clock::now();
        work();
        seconds.push_back(std::chrono::duration<double>(Clock::now() - start).count());
    }
    std::ranges::nth_element(seconds, seconds.begin() + kRuns / 2);
    return seconds[kRuns / 2];
}

/// Puts what a DNN takes in place of what the profile knew of it at that size.
void set_cost(DeviceProfile& profile, const DnnCost& cost) {
    std::erase_if(profile.dnns, [&](const DnnCost& known) { return same_place(known, cost); });
    profile.dnns.push_back(cost);
}

/// The name of this machine's processor.
std::string processor() {
    std::ifstream in("/proc/cpuinfo");
    for (std::string line; std::getline(in, line);) {
        const auto halves = split_once(line, ':');
        if (!halves || !halves->first.starts_with("model name")) continue;
        const std::size_t first = halves->second.find_first_not_of(' ');
        if (first != std::string_view::npos) return std::string(halves->second.substr(first));
    }
    return "a processor without a name";
}

/// Seconds and watts of every DNN of the run, measured where there is a meter; else the profile's
/// watts, which are nominal.
void measure_dnns(const ReplayPlan& plan, cv::Size size, const std::vector<cv::Mat>& pictures,
                  const std::optional<EnergyMeter>& meter, DeviceProfile& profile) {
    for (const Dnn& dnn : plan.instruments.dnns) {
        const auto work = [&] { dnn.model().infer(pictures, dnn.exit); };
        const double seconds = median_seconds(work) / static_cast<double>(pictures.size());
        set_cost(profile, {.dnn = dnn.family,
                           .size = size,
                           .exit = dnn.exit,
                           .seconds = seconds,
                           .watts = meter ? meter->watts(work) : profile.server_watts});
    }
}

/// Watts of the machine while it works, and idles, where there is a meter; and where all is from.
void measure_power(const std::optional<EnergyMeter>& meter, const std::function<void()>& work,
                   DeviceProfile& profile) {
    std::string watts = fmt::format("nominal, {} W", profile.server_watts);
    if (meter) {
        profile.server_watts = meter->watts(work);
        const double idle =
            meter->watts([] { std::this_thread::sleep_for(std::chrono::seconds(1)); });
        profile.idle_ratio = idle / profile.server_watts;
        profile.power = {};  // a law of another device
        watts = "of all its packages, by RAPL (Linux powercap)";
    }
    profile.source = fmt::format(
        "seconds measured by calibrate on {}; watts {}{}", processor(), watts,
        profile.power.caps_watts.empty() ? std::string()
                                         : "; caps by the law in src/testbed/power.hpp");
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
    const auto infer = [&] { model.infer(pictures); };
    const double forward = median_seconds(infer) / static_cast<double>(pictures.size());
    const double both = median_seconds([&] { model.gradient(pictures.back(), 0.3); });
    profile.encode_s_per_megapixel = encode / megapixels;
    profile.server_encode_s_per_megapixel = profile.encode_s_per_megapixel;
    profile.forward_s_per_gflop = forward / model.gflop(segment->size);
    profile.backward_ratio = std::max(0.0, both / forward - 1.0);
    const std::optional<EnergyMeter> meter = EnergyMeter::find();
    measure_power(meter, infer, profile);
    measure_dnns(plan, segment->size, pictures, meter, profile);
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
