#include <ATen/core/ivalue.h>

#include <ATen/ATen.h>
#include <fmt/format.h>

#include "dnn/transcribe.hpp"
#include "dnn_torch/output.hpp"
#include "support/errors.hpp"

namespace oneadapt {
namespace {

/// A speech recogniser's answer: the probability of each token at each step of time.
class Tokens final : public FrameAnswer {
  public:
    /// log-probabilities [T,V]
    Tokens(const at::Tensor& log_probabilities, Speaker speaker)
        : speaker_(std::move(speaker)), probabilities_(log_probabilities.exp()) {
        if (!probabilities_.isfinite().all().item<bool>()) {
            throw ModelError(speaker_.where, "yields token scores that are not finite",
                             "check the model for overflow and divisions by 0");
        }
        const int last = speaker_.sidecar.classes.rbegin()->first;
        if (last < log_probabilities.size(1)) return;
        throw ModelError(
            speaker_.where,
            fmt::format("scores {} tokens, so that token {} of {} is not among them",
                        log_probabilities.size(1), last, speaker_.sidecar.file.string()),
            "correct the sidecar's classes");
    }

    FrameOutput output() const override {
        FrameOutput output;
        output.words = words_of(spoken(), speaker_.sidecar.classes);
        return output;
    }

    at::Tensor scores(double floor) const override {
        std::vector<std::int64_t> elements;
        for (const SpokenToken& token : spoken()) {
            if (token.score > floor) {
                elements.push_back(token.step * probabilities_.size(1) + token.index);
            }
        }
        return probabilities_.reshape({-1}).index_select(
            0, at::tensor(elements, at::kLong).to(probabilities_.device()));
    }

  private:
    std::vector<SpokenToken> spoken() const {
        const at::Tensor p = in_memory(probabilities_, at::kFloat);
        return best_path({p.data_ptr<float>(), static_cast<std::size_t>(p.numel())}, p.size(1));
    }

    Speaker speaker_;
    at::Tensor probabilities_;
};

FrameAnswers read_ctc(const c10::IValue& value, std::int64_t frames, const Speaker& speaker) {
    if (!value.isTensor()) return {};
    const at::Tensor& tokens = value.toTensor();
    if (!has_shape(tokens, {frames, -1, -1}) || !tokens.is_floating_point()) return {};
    FrameAnswers answers;
    for (std::int64_t i = 0; i < frames; ++i) {
        answers.push_back(std::make_unique<Tokens>(tokens.select(0, i), speaker));
    }
    return answers;
}

}  // namespace

OutputConvention ctc_convention() {
    return {.name = "ctc",
            .takes_list = false,
            .wanted = "a tensor [B,T,V] of log-probabilities, token 0 being the blank",
            .read = read_ctc};
}

}  // namespace oneadapt
