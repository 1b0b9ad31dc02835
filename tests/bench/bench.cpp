#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <functional>
#include <thread>

#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include "cli/session.hpp"
#include "schemes/external.hpp"
#include "support/errors.hpp"
#include "support/temp_folder.hpp"
#include "support/tiny_clip.hpp"

// Three questions: does recording run at the speed of the codec plus the DNN and nothing else, how
// fast is a replay from a warm trace, and does memory stay flat as clips get longer.

namespace oneadapt {
namespace {

using Clock = std::chrono::steady_clock;

const ReplayProgress kSilent{[](std::int64_t) {}, [](std::int64_t) {}};

Execution into(const std::filesystem::path& trace) {
    return {.trace = trace, .quiet = true};
}

/// The embedded clips' first seconds.
RunSpec short_run(double seconds) {
    RunSpec spec;
    spec.duration_s = seconds;
    return spec;
}

double seconds_of(const std::function<void()>& work) {
    const auto start = Clock::now();
    work();
    return std::chrono::duration<double>(Clock::now() - start).count();
}

/// Runs `work(i)` for every i below `count`, on as many threads as a recording has.
void on_workers(int workers, std::size_t count, const std::function<void(std::size_t)>& work) {
    std::atomic<std::size_t> next{0};
    std::vector<std::jthread> threads;
    threads.reserve(static_cast<std::size_t>(workers));
    for (int t = 0; t < workers; ++t) {
        threads.emplace_back([&] {
            for (std::size_t i = next++; i < count; i = next++) work(i);
        });
    }
}

/// The least that recording can cost: decoding the clips once, encoding and decoding every segment
/// under every configuration, and the DNN on every received frame, its picture included, nothing
/// else, all cores busy.
double limit_seconds(const Session& session) {
    const ReplayPlan& plan = session.plan;
    struct Job {
        const Segment* segment;
        Configuration configuration;
    };
    std::vector<Segment> segments;
    const double reading = seconds_of([&] {
        for (const ClipSpec& clip : plan.clips) {
            const auto reader = open_clip(clip, plan.read);
            while (auto segment = reader->next()) segments.push_back(std::move(*segment));
        }
    });
    std::vector<Job> jobs;
    for (const Segment& segment : segments) {
        for (const Configuration& c : plan.space.grid()) jobs.push_back({&segment, c});
    }
    const Codec& codec = plan.instruments.codec();
    const Model& model = plan.instruments.dnn({}).model();
    std::vector<Encoded> encoded(jobs.size());
    const double encoding = seconds_of([&] {
        on_workers(plan.jobs, jobs.size(), [&](std::size_t i) {
            encoded[i] = codec.encode(*jobs[i].segment, jobs[i].configuration);
        });
    });
    std::vector<std::vector<cv::Mat>> received(jobs.size());
    const double decoding = seconds_of([&] {
        on_workers(plan.jobs, jobs.size(),
                   [&](std::size_t i) { received[i] = codec.decode(encoded[i]); });
    });
    const double inference = seconds_of([&] {
        on_workers(plan.jobs, jobs.size(), [&](std::size_t i) {
            model.infer(pictures_of(received[i], plan.instruments.input));
        });
    });
    return reading / plan.jobs + encoding + decoding + inference;
}

/// Peak resident memory, in MiB, of a child process that does `work`. A child starts with what its
/// parent has, so this benchmark comes first.
double peak_mebibytes(const std::function<void()>& work) {
    const pid_t child = fork();
    if (child == 0) {
        work();
        _exit(0);
    }
    rusage usage{};
    int status = 0;
    wait4(child, &status, 0, &usage);
    return static_cast<double>(usage.ru_maxrss) / 1024.0;
}

/// Makes a clip of so many segments, no two of which are alike: what is alike is measured once.
using MakeClip = void (*)(const std::filesystem::path& file, int segments);

void make_video(const std::filesystem::path& file, int segments) {
    test::write_recording(file, {.size = {320, 192},
                                 .times_ms = test::constant_rate(segments * 10, 10),
                                 .encoder = "libx264"});
}

void make_sound(const std::filesystem::path& file, int segments) {
    test::write_wav(file, segments * 4, true);
}

void make_sweeps(const std::filesystem::path& folder, int segments) {
    std::filesystem::create_directories(folder);
    cv::Mat points(20000, 4, CV_32F);
    cv::RNG rng(1);
    for (int sweep = 0; sweep < segments * 10; ++sweep) {
        rng.fill(points, cv::RNG::UNIFORM, 0, 1);
        std::ofstream(folder / fmt::format("{:06}.bin", sweep), std::ios::binary)
            .write(reinterpret_cast<const char*>(points.data),
                   static_cast<std::streamsize>(points.total() * points.elemSize()));
    }
}

void peak_memory(benchmark::State& state, const std::string& task, const std::string& values,
                 const std::string& clip, MakeClip make) {
    const test::TempFolder folder;
    make(folder / clip, static_cast<int>(state.range(0)));
    while (state.KeepRunning()) {
        state.counters["peak_MiB"] = peak_mebibytes([&] {
            RunSpec spec = changed({}, {{"values", {values}}});
            spec.task = task;
            spec.clips = {folder / clip};
            spec.schemes = {"static", "oneadapt"};
            spec.knobs = {spec.values.begin()->first};
            const Session session = open_drawn_session(spec, into(folder / "t.trace"));
            replay(session.plan, *session.trace, kSilent);
        });
    }
}
BENCHMARK_CAPTURE(peak_memory, video, "detect", "qp=20,34,50", "long.mkv", make_video)
    ->RangeMultiplier(4)
    ->Range(10, 160)
    ->Unit(benchmark::kSecond)
    ->Iterations(1);
BENCHMARK_CAPTURE(peak_memory, audio, "transcribe", "sample-rate=16,8,4", "long.wav", make_sound)
    ->RangeMultiplier(4)
    ->Range(10, 160)
    ->Unit(benchmark::kSecond)
    ->Iterations(1);
BENCHMARK_CAPTURE(peak_memory, lidar, "lidar", "lidar-bits=14,11,8", "long", make_sweeps)
    ->RangeMultiplier(4)
    ->Range(4, 64)
    ->Unit(benchmark::kSecond)
    ->Iterations(1);

void record(benchmark::State& state, const std::string& task, const std::string& input,
            double duration) {
    while (state.KeepRunning()) {
        const test::TempFolder folder;
        RunSpec spec = short_run(duration);
        spec.task = task;
        spec.input = input;
        spec.schemes = {"static"};
        const Session session = open_drawn_session(spec, into(folder / "t.trace"));
        const double limit = limit_seconds(session);
        std::size_t evaluations = 0;
        const double seconds = seconds_of([&] {
            evaluations = replay(session.plan, *session.trace, kSilent).result.segments.size();
        });
        state.SetIterationTime(seconds);
        state.counters["evaluations/s"] = static_cast<double>(evaluations) / seconds;
        state.counters["share_of_limit"] = limit / seconds;
    }
}

void register_records() {
    for (const Task& task : task_table()) {
        for (const TaskInput& input : task.inputs) {
            // Where a segment takes little work, more of them are needed for a steady figure.
            const double duration = input.media == "audio" ? 60 : input.media == "lidar" ? 10 : 6;
            benchmark::RegisterBenchmark(
                fmt::format("record/{}/{}", task.name, input.media).c_str(), record, task.name,
                input.media, duration)
                ->UseManualTime()
                ->Unit(benchmark::kSecond)
                ->Iterations(2);
        }
    }
}

/// A trace of the embedded clips that holds all that every scheme asks for.
const std::filesystem::path& warm_trace() {
    static const test::TempFolder folder;
    static const std::filesystem::path trace = [] {
        const Session session = open_drawn_session({}, into(folder / "t.trace"));
        replay(session.plan, *session.trace, kSilent);
        return folder / "t.trace";
    }();
    return trace;
}

/// Replays again and again; the segments of all cells each second.
void count_segments(benchmark::State& state, const Session& session) {
    std::size_t segments = 0;
    while (state.KeepRunning()) {
        segments += replay(session.plan, *session.trace, kSilent).result.segments.size();
    }
    state.counters["segments/s"] =
        benchmark::Counter(static_cast<double>(segments), benchmark::Counter::kIsRate);
}

void warm_replay(benchmark::State& state, const std::string& scheme) {
    RunSpec spec;
    spec.schemes = {scheme};
    const Session session = open_drawn_session(spec, into(warm_trace()));
    count_segments(state, session);
}

void warm_replay_of_all(benchmark::State& state) {
    const Session session = open_drawn_session({}, into(warm_trace()));
    count_segments(state, session);
}
BENCHMARK(warm_replay_of_all)->UseRealTime()->Unit(benchmark::kMillisecond);

/// A knob that a scheme needs.
std::string knob_for(const Needs& needs) {
    if (!needs.knob.empty()) return needs.knob;
    const bool points = std::ranges::find(needs.media, "lidar") != needs.media.end();
    if (needs.regions) return points ? "lidar-tiles" : "macroblock";
    return needs.filters ? "filter-pixel" : "";
}

/// The embedded clips' first seconds, of the first task and input that the scheme plays on: few
/// where an oracle tries a lot, else so many that opening the clips weighs little.
Session session_for(const SchemeKind& kind, const Execution& execution) {
    for (const Task& task : task_table()) {
        for (const TaskInput& input : task.inputs) {
            RunSpec spec = short_run(kind.needs.hindsight || kind.needs.future ? 3 : 10);
            spec.task = task.name;
            spec.input = input.media;
            spec.schemes = {kind.name};
            if (const std::string knob = knob_for(kind.needs); !knob.empty()) spec.knobs = {knob};
            try {
                return open_drawn_session(spec, execution);
            } catch (const UsageError&) {  // not played there
            }
        }
    }
    throw std::logic_error(kind.name + " is played nowhere");
}

/// Of schemes that play where they are named alone.
void warm_replay_named(benchmark::State& state, const SchemeKind* kind) {
    const test::TempFolder folder;
    const Session session = session_for(*kind, into(folder / "t.trace"));
    replay(session.plan, *session.trace, kSilent);
    count_segments(state, session);
}

}  // namespace
}  // namespace oneadapt

int main(int argc, char** argv) {
    oneadapt::register_records();
    for (const oneadapt::SchemeKind& scheme : oneadapt::scheme_table()) {
        // Another program's time is its own.
        if (scheme.needs.constraints || scheme.name == oneadapt::external().name) continue;
        const std::string name = "warm_replay/" + scheme.name;
        (scheme.by_default
             ? benchmark::RegisterBenchmark(name.c_str(), oneadapt::warm_replay, scheme.name)
             : benchmark::RegisterBenchmark(name.c_str(), oneadapt::warm_replay_named, &scheme))
            ->UseRealTime()
            ->Unit(benchmark::kMillisecond);
    }
    benchmark::Initialize(&argc, argv);
    if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 1;
    benchmark::RunSpecifiedBenchmarks();
    return 0;
}
