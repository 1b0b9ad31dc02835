#include "trace/fields.hpp"

#include <gtest/gtest.h>

#include <cstring>
#include <limits>
#include <stdexcept>
#include <utility>

namespace oneadapt::test {
namespace {

cv::Mat floats() {
    return (cv::Mat_<float>(2, 3) << 0.1F, -2.5F, 1e-30F, 3e38F, -0.0F, 7);
}

cv::Mat classes() {
    return (cv::Mat_<std::uint8_t>(3, 1) << 0, 7, 255);
}

Bytes example() {
    FieldWriter out;
    out.put(std::int32_t{-5}).put(0.1).put("a\0b").put("").put(Hash128{1, 2});
    out.put_count(3).put_all(std::vector<int>{4, 5, 6});
    return out.put(floats()).put(classes()).put(cv::Mat()).finish();
}

/// Reads example(); throws where it is not there.
void read_example(std::span<const std::byte> bytes) {
    FieldReader in(bytes);
    EXPECT_EQ(in.get<std::int32_t>(), -5);
    EXPECT_EQ(in.get<double>(), 0.1);
    EXPECT_EQ(in.get_text(), "a");
    EXPECT_FALSE(in.next_is(7));
    EXPECT_TRUE(in.next_is(0)) << "the length of an empty text";
    EXPECT_EQ(in.get_hash(), (Hash128{1, 2}));
    std::vector<int> items(in.get_count(sizeof(int)));
    in.get_all(items);
    EXPECT_EQ(items, (std::vector{4, 5, 6}));
    const cv::Mat read = in.get_map(CV_32F);
    ASSERT_EQ(read.size(), floats().size());
    EXPECT_EQ(std::memcmp(read.data, floats().data, 24), 0) << "bit for bit";
    const cv::Mat labels = in.get_map(CV_8U);
    ASSERT_EQ(labels.size(), classes().size());
    EXPECT_EQ(std::memcmp(labels.data, classes().data, 3), 0);
    EXPECT_TRUE(in.get_map(CV_32F).empty());
    in.finish();
}

TEST(Fields, ReadBackInTheOrderInWhichTheyWereWritten) {
    read_example(example());
}

TEST(Fields, RefuseEveryTruncationAndBytesLeftOver) {
    Bytes bytes = example();
    for (std::size_t size = 0; size < bytes.size(); ++size) {
        EXPECT_THROW(read_example(std::span(bytes).first(size)), std::invalid_argument) << size;
    }
    bytes.push_back({});
    EXPECT_THROW(read_example(bytes), std::invalid_argument);
}

TEST(Fields, RefuseSizesThatTheBytesCannotHold) {
    constexpr int kMost = std::numeric_limits<std::int32_t>::max();
    for (const auto& [rows, cols] :
         {std::pair{kMost, kMost}, {-1, 4}, {4, -1}, {1 << 16, 1 << 16}}) {
        const Bytes bytes = FieldWriter().put(rows).put(cols).put(1.0).finish();
        EXPECT_THROW(FieldReader(bytes).get_map(CV_32F), std::invalid_argument);
        EXPECT_THROW(FieldReader(bytes).get_map(CV_8U), std::invalid_argument);
    }
    const Bytes text = FieldWriter().put(kMost).put(1.0).finish();
    EXPECT_THROW(FieldReader(text).get_text(), std::invalid_argument);
    EXPECT_THROW(FieldReader(text).get_count(1), std::invalid_argument);
}

/// Numbers that change little share all but their lowest bytes, which then lie in a row.
TEST(Fields, MapsKeepBytesOfOnePlaceTogether) {
    const Bytes bytes = FieldWriter().put(cv::Mat(1, 3, CV_32F, cv::Scalar(1))).finish();
    const Bytes wanted = {std::byte{0},    std::byte{0},    std::byte{0},    std::byte{0},
                          std::byte{0},    std::byte{0},    std::byte{0x80}, std::byte{0x80},
                          std::byte{0x80}, std::byte{0x3F}, std::byte{0x3F}, std::byte{0x3F}};
    EXPECT_EQ(Bytes(bytes.begin() + 8, bytes.end()), wanted);
}

/// A part of a larger map is not one piece of memory.
TEST(Fields, APartOfAMapIsWrittenAlone) {
    cv::Mat large(4, 4, CV_32F, cv::Scalar(9));
    large.at<float>(1, 2) = 5;
    const cv::Mat part = large(cv::Rect(2, 1, 2, 2));
    const Bytes bytes = FieldWriter().put(part).finish();
    EXPECT_EQ(cv::norm(FieldReader(bytes).get_map(CV_32F), part, cv::NORM_INF), 0);
}

}  // namespace
}  // namespace oneadapt::test
