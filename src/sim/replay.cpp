#include "sim/replay.hpp"

#include <algorithm>
#include <exception>
#include <memory>

#include <opencv2/core.hpp>

#include "sim/clip_replay.hpp"
#include "support/errors.hpp"
#include "support/interrupt.hpp"

namespace oneadapt {
ReplayOutcome replay(const ReplayPlan& plan, Trace& trace, const ReplayProgress& progress) {
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
    const bool all_failed =
        std::ranges::all_of(clips, [](const auto& clip) { return clip->failure() != nullptr; });
    if (all_failed && !clips.empty()) std::rethrow_exception(clips.front()->failure());
    ReplayOutcome outcome;
    for (const auto& clip : clips) clip->collect(outcome);
    trace.save_digests();
    return outcome;
}

}  // namespace oneadapt
