#include "dnn/transcribe.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace oneadapt {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

using Words = std::vector<std::string>;

FrameOutput saying(Words words) {
    FrameOutput output;
    output.words = std::move(words);
    return output;
}

TEST(BestPath, MergesRunsAndDropsBlanks) {
    // Steps: blank, 1, 1, blank, 1, 2, 2, blank.
    const std::vector<float> probabilities = {0.9F, 0.1F, 0.0F, 0.3F, 0.6F, 0.1F, 0.1F, 0.8F,
                                              0.1F, 0.9F, 0.1F, 0.0F, 0.2F, 0.7F, 0.1F, 0.1F,
                                              0.0F, 0.9F, 0.2F, 0.3F, 0.5F, 1.0F, 0.0F, 0.0F};
    const auto tokens = best_path(probabilities, 3);
    ASSERT_EQ(tokens.size(), 3U);
    EXPECT_EQ(tokens[0].index, 1);
    EXPECT_EQ(tokens[0].step, 2) << "where it is most probable";
    EXPECT_FLOAT_EQ(static_cast<float>(tokens[0].score), 0.8F);
    EXPECT_EQ(tokens[1].index, 1) << "a blank between makes it a second token";
    EXPECT_EQ(tokens[2].index, 2);
    EXPECT_EQ(tokens[2].step, 5);
}

TEST(WordsOf, TokensAreWordsUnlessASeparatorIsAmongThem) {
    const std::vector<SpokenToken> tokens = {{1, 0, 1}, {2, 1, 1}, {3, 2, 1}, {1, 3, 1}, {9, 4, 1}};
    EXPECT_THAT(words_of(tokens, {{1, "one"}, {2, "two"}, {3, "three"}}),
                ElementsAre("one", "two", "three", "one"));
    EXPECT_THAT(words_of(tokens, {{1, "a"}, {2, "b"}, {3, "|"}}), ElementsAre("ab", "a"));
    EXPECT_THAT(words_of({}, {{1, "a"}}), IsEmpty());
}

TEST(WordErrors, IsTheEditDistance) {
    const Words said = {"one", "two", "three"};
    EXPECT_EQ(word_errors(said, said), 0U);
    EXPECT_EQ(word_errors({}, said), 3U);
    EXPECT_EQ(word_errors(said, {}), 3U);
    EXPECT_EQ(word_errors({"one", "three"}, said), 1U) << "dropped";
    EXPECT_EQ(word_errors({"one", "two", "two", "three"}, said), 1U) << "inserted";
    EXPECT_EQ(word_errors({"one", "six", "three"}, said), 1U) << "replaced";
    EXPECT_EQ(word_errors({"two", "one", "three"}, said), 2U);
}

TEST(WordAccuracy, IsOneMinusWordErrorRateAndNeverNegative) {
    const Sidecar sidecar;
    const Scoring scoring(sidecar);
    const FrameOutput reference = saying({"one", "two", "three", "four"});
    EXPECT_EQ(word_accuracy(reference, reference, scoring), 1.0);
    EXPECT_EQ(word_accuracy(saying({"one", "two", "three"}), reference, scoring), 0.75);
    EXPECT_EQ(word_accuracy(saying({}), reference, scoring), 0.0);
    EXPECT_EQ(word_accuracy(saying({"a", "b", "c", "d", "e", "f"}), reference, scoring), 0.0);
    EXPECT_EQ(word_accuracy(saying({}), saying({}), scoring), 1.0);
    EXPECT_EQ(word_accuracy(saying({"one"}), saying({}), scoring), 0.0);
}

}  // namespace
}  // namespace oneadapt
