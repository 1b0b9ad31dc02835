#include "sim/replay.hpp"

#include <algorithm>
#include <exception>
#include <memory>

#include <opencv2/core.hpp>

#include "sim/clip_replay.hpp"
#include "support/errors.hpp"
#include "support/interrupt.hpp"

namespace oneadapt {
namespace {

/// How a clip's replay ended.
struct Ending {
    std::string failure;
    std::exception_ptr error;
};

/// A fault of this clip or of the DNN on it leaves the other clips alone; any other ends the run.
Ending play_clip(ClipReplay& clip) {
    try {
        clip.run();
        return {};
    } catch (const InputError& error) {
        return {error.what(), std::current_exception()};
    } catch (const ModelError& error) {
        return {error.what(), std::current_exception()};
    }
}

}  // namespace

ReplayOutcome replay(const ReplayPlan& plan, Trace& trace, const ReplayProgress& progress) {
    cv::setNumThreads(1);  // the workers keep the cores busy
    asio::thread_pool workers(static_cast<std::size_t>(plan.jobs));
    std::vector<std::unique_ptr<ClipReplay>> clips;
    for (const ClipSpec& clip : plan.clips) {
        check_interrupt();
        clips.push_back(std::make_unique<ClipReplay>(plan, clip, trace, workers, progress));
    }
    std::vector<Ending> endings(clips.size());
    {
        asio::thread_pool drivers(std::min(clips.size(), static_cast<std::size_t>(plan.jobs)));
        Batch batch(drivers);
        for (std::size_t i = 0; i < clips.size(); ++i) {
            batch.add([&ending = endings[i], &clip = *clips[i]] { ending = play_clip(clip); });
        }
        batch.wait();
    }
    const bool all_failed =
        std::ranges::all_of(endings, [](const Ending& e) { return !e.failure.empty(); });
    if (all_failed && !endings.empty()) std::rethrow_exception(endings.front().error);
    ReplayOutcome outcome;
    for (std::size_t i = 0; i < clips.size(); ++i) {
        clips[i]->collect(outcome.result, endings[i].failure);
        if (!endings[i].failure.empty()) {
            outcome.failures.push_back({plan.clips[i].name, endings[i].failure});
        }
    }
    return outcome;
}

}  // namespace oneadapt
