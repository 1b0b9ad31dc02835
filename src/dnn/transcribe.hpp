#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "dnn/output.hpp"
#include "dnn/sidecar.hpp"

namespace oneadapt {

/// A token of the most probable path.
struct SpokenToken {
    std::int64_t index = 0;  ///< in the vocabulary; never 0, the blank
    std::int64_t step = 0;   ///< where in its run it is most probable
    double score = 0;        ///< its probability there
};

/// Greedy decoding of connectionist temporal classification (Graves et al., ICML'06): the best
/// token of each step, runs merged, blanks dropped. `probabilities` is [steps][vocabulary].
std::vector<SpokenToken> best_path(std::span<const float> probabilities, std::int64_t vocabulary);

/// The words that tokens spell. With a token `|` in the vocabulary the others are pieces of words,
/// and it ends a word; without, each token is a word. Tokens that have no name are left out.
std::vector<std::string> words_of(const std::vector<SpokenToken>& tokens,
                                  const std::map<int, std::string>& vocabulary);

/// Least number of words to insert, drop or replace to turn one sequence into the other.
std::size_t word_errors(const std::vector<std::string>& result,
                        const std::vector<std::string>& reference);

/// 1 - word error rate, not below 0. Two silent sides agree: 1.
double word_accuracy(const FrameOutput& result, const FrameOutput& reference, const Scoring&);

/// Writes the words; see Task::draw.
void draw_words(cv::Mat& canvas, cv::Size size, const FrameOutput& output, const Sidecar& sidecar);

}  // namespace oneadapt
