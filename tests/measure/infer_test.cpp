#include "measure/infer.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace oneadapt {
namespace {

Output read(std::span<const std::byte> bytes) {
    Output output;
    from_bytes(bytes, output);
    return output;
}

Output example() {
    const Detection car{1.5F, 2, 30, 40, 0.9F, 2};
    const Detection bus{-3, 0, 9, 8, 0.25F, 5};
    FrameOutput speech{.words = {"one", "", "twenty two"}};
    FrameOutput map{.classes = cv::Mat(3, 5, CV_8U, cv::Scalar(2))};
    map.classes.at<std::uint8_t>(1, 4) = FrameOutput::kNoClass;
    return {{{{car, bus}}, {{car, bus}}, {{car, bus}}, {}, {}, {{bus}}, speech, map, map}};
}

TEST(Output, ReadsBackWhatWasWritten) {
    EXPECT_EQ(read(to_bytes(example())), example());
    EXPECT_EQ(read(to_bytes(Output{})), Output{});
}

TEST(Output, StoresARepeatedFrameAsOneWord) {
    Output once = example();
    once.frames.resize(1);
    Output often = once;
    often.frames.resize(10, once.frames.front());
    EXPECT_EQ(to_bytes(often).size(), to_bytes(once).size() + 9 * sizeof(std::uint32_t));
}

TEST(Output, ComparesAllThatWasSaid) {
    const Output one = example();
    Output other = one;
    other.frames[6].words[0] = "two";
    EXPECT_FALSE(one == other);
    other = one;
    other.frames[7].classes = one.frames[7].classes.clone();
    EXPECT_EQ(one, other);
    other.frames[7].classes.at<std::uint8_t>(0, 0) = 1;
    EXPECT_FALSE(one == other);
}

TEST(Output, RefusesEveryTruncation) {
    const auto bytes = to_bytes(example());
    for (std::size_t size = 0; size < bytes.size(); ++size) {
        EXPECT_THROW(read(std::span(bytes).first(size)), std::invalid_argument) << size;
    }
}

TEST(Output, RefusesBytesLeftOver) {
    auto bytes = to_bytes(example());
    bytes.push_back(std::byte{0});
    EXPECT_THROW(read(bytes), std::invalid_argument);
}

TEST(Output, RefusesHugeCountsWithoutAllocating) {
    std::vector<std::byte> bytes(8, std::byte{0xFE});
    EXPECT_THROW(read(bytes), std::invalid_argument);
    bytes = {std::byte{1},   {}, {}, {}, std::byte{0xFE}, std::byte{0xFF}, std::byte{0xFF},
             std::byte{0xFF}};
    EXPECT_THROW(read(bytes), std::invalid_argument);
}

TEST(Output, RefusesAFirstFrameThatRepeats) {
    std::vector<std::byte> bytes(8, std::byte{0xFF});
    bytes[0] = std::byte{1};
    bytes[1] = bytes[2] = bytes[3] = std::byte{0};
    EXPECT_THROW(read(bytes), std::invalid_argument);
}

}  // namespace
}  // namespace oneadapt
