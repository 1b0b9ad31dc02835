#include "dnn/transcribe.hpp"

#include <algorithm>
#include <numeric>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "dnn/drawing.hpp"

namespace oneadapt {

std::vector<SpokenToken> best_path(std::span<const float> probabilities, std::int64_t vocabulary) {
    std::vector<SpokenToken> tokens;
    const auto width = static_cast<std::size_t>(vocabulary);
    std::int64_t last = 0;
    for (std::size_t step = 0; step < probabilities.size() / width; ++step) {
        const auto row = probabilities.subspan(step * width, width);
        const auto best = std::ranges::max_element(row);
        const SpokenToken token{best - row.begin(), static_cast<std::int64_t>(step),
                                static_cast<double>(*best)};
        if (token.index != 0 && token.index != last) {
            tokens.push_back(token);
        } else if (token.index != 0 && token.score > tokens.back().score) {
            tokens.back() = token;
        }
        last = token.index;
    }
    return tokens;
}

std::vector<std::string> words_of(const std::vector<SpokenToken>& tokens,
                                  const std::map<int, std::string>& vocabulary) {
    const std::string separator = "|";
    const bool pieces = std::ranges::any_of(
        vocabulary, [&](const auto& entry) { return entry.second == separator; });
    std::vector<std::string> words;
    bool open = false;
    for (const SpokenToken& token : tokens) {
        const auto found = vocabulary.find(static_cast<int>(token.index));
        if (found == vocabulary.end()) continue;
        if (found->second == separator) {
            open = false;
        } else if (open) {
            words.back() += found->second;
        } else {
            words.push_back(found->second);
            open = pieces;
        }
    }
    return words;
}

std::size_t word_errors(const std::vector<std::string>& result,
                        const std::vector<std::string>& reference) {
    // Row by row of the table of edit distances between beginnings (Levenshtein).
    std::vector<std::size_t> row(reference.size() + 1);
    std::iota(row.begin(), row.end(), std::size_t{0});
    for (std::size_t i = 0; i < result.size(); ++i) {
        std::size_t diagonal = row[0];
        row[0] = i + 1;
        for (std::size_t j = 0; j < reference.size(); ++j) {
            const std::size_t replaced = diagonal + (result[i] == reference[j] ? 0 : 1);
            diagonal = row[j + 1];
            row[j + 1] = std::min({replaced, row[j] + 1, row[j + 1] + 1});
        }
    }
    return row.back();
}

double word_accuracy(const FrameOutput& result, const FrameOutput& reference, const Scoring&) {
    if (reference.words.empty()) return result.words.empty() ? 1.0 : 0.0;
    const double errors = static_cast<double>(word_errors(result.words, reference.words));
    return std::max(0.0, 1.0 - errors / static_cast<double>(reference.words.size()));
}

void draw_words(cv::Mat& canvas, cv::Size /*size*/, const FrameOutput& output,
                const Sidecar& /*sidecar*/) {
    if (output.words.empty()) return;
    write_label(canvas, fmt::format("{}", fmt::join(output.words, " ")), {4, 20}, colour_of(0));
}

}  // namespace oneadapt
