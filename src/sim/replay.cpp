#include "sim/replay.hpp"

#include <algorithm>
#include <exception>
#include <memory>
#include <utility>

#include <opencv2/core.hpp>

#include "sim/clip_replay.hpp"
#include "support/errors.hpp"
#include "support/interrupt.hpp"

namespace oneadapt {

std::vector<ReplayOutcome> replay_together(const ReplayPlan& plan, std::size_t runs, Trace& trace,
                                           const ReplayProgress& progress) {
    cv::setNumThreads(1);  // the workers keep the cores busy
    asio::thread_pool workers(static_cast<std::size_t>(plan.jobs));
    std::vector<std::unique_ptr<ClipReplay>> clips;
    for (const ClipSpec& clip : plan.clips) {
        check_interrupt();
        clips.push_back(std::make_unique<ClipReplay>(plan, clip, trace, workers, progress));
    }
    {
        asio::thread_pool drivers(std::min(clips.size(), static_cast<std::size_t>(plan.jobs)));
        Batch batch(drivers);
        for (const auto& clip : clips) batch.add([&clip = *clip] { clip.run(); });
        batch.wait();
    }
    std::vector<ReplayOutcome> outcomes(runs);
    for (std::size_t run = 0; run < runs; ++run) {
        ReplayOutcome& outcome = outcomes[run];
        const bool all_failed = std::ranges::all_of(
            clips, [&](const auto& clip) { return clip->failure(run) != nullptr; });
        if (all_failed && !clips.empty()) outcome.nothing = clips.front()->failure(run);
        for (const auto& clip : clips) clip->collect(run, outcome);
    }
    trace.save_digests();
    return outcomes;
}

ReplayOutcome replay(const ReplayPlan& plan, Trace& trace, const ReplayProgress& progress) {
    ReplayOutcome outcome = std::move(replay_together(plan, 1, trace, progress).front());
    if (outcome.nothing) std::rethrow_exception(outcome.nothing);
    return outcome;
}

}  // namespace oneadapt
