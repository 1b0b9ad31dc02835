#include "dnn/check.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <opencv2/core.hpp>

#include "dnn/input.hpp"
#include "dnn/model.hpp"
#include "support/errors.hpp"

namespace oneadapt {
namespace {

template <class Work>
double milliseconds(const Work& work) {
    const auto start = std::chrono::steady_clock::now();
    work();
    return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start)
        .count();
}

bool equal(const cv::Mat& a, const cv::Mat& b) {
    return a.size() == b.size() && cv::norm(a, b, cv::NORM_INF) == 0.0;
}

/// Runs the trial, line by line; throws what the model throws.
class Trial {
  public:
    Trial(const Model& model, const cv::Mat& frame, std::vector<std::string>& lines)
        : model_(model), lines_(lines) {
        const InputSpace space = input_space(model.sidecar());
        size_ = space.size(frame);
        picture_ = space.picture(frame);
    }

    bool run() {
        say("frame: {}x{}", size_.width, size_.height);
        say("output: {}", model_.raw_output(picture_));
        return infer() && exits() && gradient();
    }

  private:
    template <class... Args>
    void say(fmt::format_string<Args...> format, Args&&... args) {
        lines_.push_back(fmt::format(format, std::forward<Args>(args)...));
    }

    bool infer() {
        const std::vector<cv::Mat> pictures = {picture_};
        const FrameOutput first = model_.infer(pictures).front();
        const bool boxes =
            model_.sidecar().output == "boxes_scores" || model_.sidecar().output == "torchvision";
        if (boxes && !check_boxes(first.detections)) return false;
        if (!first.classes.empty()) {
            say("class map: {}x{}", first.classes.cols, first.classes.rows);
        }
        if (!first.words.empty()) say("words: {}", fmt::join(first.words, " "));
        say("GFLOP per forward pass: {:.3f}", model_.gflop(size_));
        FrameOutput second;
        const double time = milliseconds([&] { second = model_.infer(pictures).front(); });
        say("forward pass: {:.1f} ms", time);
        if (second == first) return true;
        say("PROBLEM: two runs on one frame differ; the model must not use random numbers (call "
            "eval() before export)");
        return false;
    }

    bool check_boxes(const std::vector<Detection>& detections) {
        const auto sure = std::ranges::count_if(detections, [&](const Detection& detection) {
            return static_cast<double>(detection.score) > model_.sidecar().score_threshold;
        });
        say("detections: {} above {:.2f}, {} above the threshold {}", detections.size(),
            model_.sidecar().score_floor(), sure, model_.sidecar().score_threshold);
        const bool tiny = std::ranges::all_of(detections, [](const Detection& box) {
            return std::max(std::abs(box.x2), std::abs(box.y2)) <= 1.5F;
        });
        if (detections.empty() || !tiny) return true;
        say("PROBLEM: every box lies within 1.5 pixels of the corner; boxes must be in pixels of "
            "the frame, not in shares of it");
        return false;
    }

    /// Tries what stopping early asks for, one line an exit.
    bool exits() {
        const int count = model_.sidecar().exits;
        if (count == 0) return true;
        if (const std::string fault = model_.exit_fault(picture_); !fault.empty()) {
            say("PROBLEM: {}", fault);
            return false;
        }
        double before = 0;
        for (int exit = 1; exit <= count; ++exit) {
            const double gflop = model_.gflop(size_, exit);
            const FrameOutput said = model_.infer({picture_}, exit).front();
            const double found = model_.gradient(picture_, Sidecar::kLowestThreshold, exit).utility;
            say("exit {}: {}, {} elements, {:.3f} GFLOP, utility {:.4g}", exit,
                model_.raw_output(picture_, exit),
                said.detections.size() + said.words.size() + said.classes.total(), gflop, found);
            if (gflop <= before) {
                say("PROBLEM: exit {} takes no more work than the one before it", exit);
                return false;
            }
            before = gflop;
        }
        return true;
    }

    bool gradient() {
        double floor = Sidecar::kLowestThreshold;
        Gradient first = model_.gradient(picture_, floor);
        if (first.utility == 0.0) {
            floor = 0.0;
            first = model_.gradient(picture_, floor);
        }
        Gradient second;
        const double time = milliseconds([&] { second = model_.gradient(picture_, floor); });
        say("utility: {:.4g} over elements above {:.2f}", first.utility, floor);
        say("forward and backward pass: {:.1f} ms", time);
        if (second.utility != first.utility || !equal(second.saliency, first.saliency)) {
            say("PROBLEM: two gradients of one frame differ");
            return false;
        }
        if (first.utility == 0.0) {
            say("gradient: not tried, the model finds nothing in this frame; try one with "
                "objects");
            return true;
        }
        const double largest = cv::norm(first.saliency, cv::NORM_INF);
        say("gradient: largest of {} tiles {:.4g}", first.saliency.total(), largest);
        if (largest > 0.0) return true;
        say("PROBLEM: the gradient is zero everywhere although something is found; the scores "
            "must depend on the input smoothly (no rounding, thresholds or detach())");
        return false;
    }

    const Model& model_;
    cv::Size size_;
    cv::Mat picture_;
    std::vector<std::string>& lines_;
};

}  // namespace

ModelCheck check_model(const std::filesystem::path& model, const Sidecar& sidecar,
                       const std::string& device, const cv::Mat* given) {
    ModelCheck check;
    try {
        const auto loaded = load_model(model, sidecar, device);
        check.lines.push_back(fmt::format("loaded: {} for '{}', convention '{}', on {}",
                                          model.string(), sidecar.task, sidecar.output, device));
        const cv::Mat frame =
            given == nullptr ? find_input(sidecar.input_kind).trial(sidecar) : *given;
        check.ok = Trial(*loaded, frame, check.lines).run();
    } catch (const ModelError& error) {
        check.lines.push_back(fmt::format("PROBLEM: {}", error.what()));
    }
    if (check.ok) check.lines.emplace_back("ok");
    return check;
}

}  // namespace oneadapt
