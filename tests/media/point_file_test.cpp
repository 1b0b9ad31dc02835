#include "media/point_file.hpp"

#include <lzf.h>

#include <cstdint>
#include <cstring>
#include <fstream>
#include <limits>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/errors.hpp"
#include "support/temp_folder.hpp"

namespace oneadapt {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

constexpr float kNan = std::numeric_limits<float>::quiet_NaN();

template <class... Numbers>
std::string packed(Numbers... numbers) {
    std::string bytes;
    const auto append = [&](auto number) {
        bytes.append(reinterpret_cast<const char*>(&number), sizeof number);
    };
    (append(numbers), ...);
    return bytes;
}

std::string with(std::string text, const std::string& piece, const std::string& replacement) {
    text.replace(text.find(piece), piece.size(), replacement);
    return text;
}

/// The points of two returns, fields in an odd order, of several types, with a field too many.
const std::string kOddHeader =
    "# .PCD v0.7\nVERSION 0.7\nFIELDS ring z intensity x _ y\nSIZE 2 4 1 8 1 4\nTYPE U F U F U I\n"
    "COUNT 1 1 1 1 3 1\nWIDTH 2\nHEIGHT 1\nVIEWPOINT 0 0 0 1 0 0 0\nPOINTS 2\n";
const std::string kTextHeader =
    "VERSION .7\nFIELDS x y z\nSIZE 4 4 4\nTYPE F F F\nWIDTH 2\nHEIGHT 1\nPOINTS 2\nDATA ascii\n";

class PointFile : public ::testing::Test {
  protected:
    cv::Mat read(const std::string& name, const std::string& bytes) const {
        std::ofstream(folder_ / name, std::ios::binary) << bytes;
        return read_points(folder_ / name);
    }
    void refuses(const std::string& bytes, const std::string& message,
                 const std::string& name = "a.pcd") const {
        EXPECT_THAT([&] { read(name, bytes); },
                    ThrowsMessage<InputError>(AllOf(HasSubstr(name), HasSubstr(message))));
    }
    static void expect_points(const cv::Mat& points, const std::vector<float>& numbers) {
        ASSERT_EQ(points.type(), CV_32F);
        ASSERT_EQ(points.cols, 4);
        const auto* first = points.ptr<float>();
        EXPECT_EQ(std::vector<float>(first, first + points.total()), numbers);
    }

    test::TempFolder folder_;
};

TEST_F(PointFile, KittiIsFourFloatsPerPoint) {
    expect_points(read("a.bin", packed(1.F, 2.F, 3.F, 0.5F, -4.F, 5.F, 6.F, 1.F)),
                  {1, 2, 3, 0.5F, -4, 5, 6, 1});
    refuses(std::string(37, 'a'), "ends 5 bytes after its last whole point, at offset 32", "a.bin");
}

TEST_F(PointFile, ASweepMayBeEmpty) {
    expect_points(read("a.bin", ""), {});
    expect_points(
        read("a.pcd", with(with(kTextHeader, "WIDTH 2", "WIDTH 0"), "POINTS 2", "POINTS 0")), {});
    EXPECT_EQ(read("a.bin", packed(kNan, 0.F, 0.F, 0.F)).rows, 0);
}

TEST_F(PointFile, MissingReturnsAreLeftOut) {
    const float inf = std::numeric_limits<float>::infinity();
    expect_points(read("a.bin", packed(kNan, 2.F, 3.F, 0.5F, 1.F, 2.F, 3.F, kNan, 1.F, -inf, 3.F,
                                       0.F, 7.F, 8.F, 9.F, 0.25F)),
                  {1, 2, 3, 0, 7, 8, 9, 0.25F});
}

TEST_F(PointFile, IntensitiesUpTo255AreBroughtToOne) {
    expect_points(read("a.bin", packed(1.F, 2.F, 3.F, 255.F, 1.F, 2.F, 3.F, 51.F)),
                  {1, 2, 3, 1, 1, 2, 3, 0.2F});
}

TEST_F(PointFile, ReadsEveryKindOfPcdData) {
    const std::vector<float> wanted = {1.5F, -2, 3, 1, -4, 5, 6, 0};
    const std::string rows =
        packed(std::uint16_t{7}, 3.F, std::uint8_t{255}, 1.5, 'a', 'b', 'c', std::int32_t{-2}) +
        packed(std::uint16_t{8}, 6.F, std::uint8_t{0}, -4.0, 'a', 'b', 'c', std::int32_t{5});
    expect_points(read("a.pcd", kOddHeader + "DATA binary\n" + rows + "padding"), wanted);
    expect_points(read("a.pcd", kOddHeader + "DATA ascii\n7 3 255 1.5 0 0 0 -2\n8 6 0 -4 0 0 0 5"),
                  wanted);
    const std::string columns = packed(std::uint16_t{7}, std::uint16_t{8}, 3.F, 6.F,
                                       std::uint8_t{255}, std::uint8_t{0}, 1.5, -4.0) +
                                "abcabc" + packed(std::int32_t{-2}, std::int32_t{5});
    std::string squeezed(100, '\0');
    squeezed.resize(lzf_compress(columns.data(), static_cast<unsigned>(columns.size()),
                                 squeezed.data(), static_cast<unsigned>(squeezed.size())));
    const std::string sizes = packed(static_cast<std::uint32_t>(squeezed.size()),
                                     static_cast<std::uint32_t>(columns.size()));
    const std::string head = kOddHeader + "DATA binary_compressed\n";
    expect_points(read("a.pcd", head + sizes + squeezed), wanted);

    refuses(head + "abc", "5 bytes early");
    refuses(head + sizes + squeezed.substr(0, squeezed.size() - 3), "3 bytes early");
    refuses(head + packed(std::uint32_t{4}, std::uint32_t{7}) + "abcd", "not 44");
    refuses(head + sizes + std::string(squeezed.size(), '\xff'), "has damaged compressed data");
    refuses(kOddHeader + "DATA binary\n" + rows.substr(6), "6 bytes early");
}

TEST_F(PointFile, TextMayHoldMissingReturns) {
    expect_points(read("a.pcd", kTextHeader + "nan nan nan\n1 2 3\n"), {1, 2, 3, 0});
}

TEST_F(PointFile, SaysWhichLineOfAPcdIsWrong) {
    refuses(kTextHeader + "1 2 3\n1 two 3\n", "line 10: 'two' is not a number");
    refuses(kTextHeader + "1 2 3\n1 2\n", "line 10: has 2 numbers; the header announces 3");
    refuses(kTextHeader + "1 2 3\n1 2 3\n1 2 3\n", "line 11: follows the last of 2 points");
    refuses(kTextHeader + "1 2 3\n", "ends after 1 of 2 points");
    refuses("hello", "has no line DATA");
    refuses("hello\nthere\n", "line 1: is no line of a PCD header");
    for (const char* line : {"FIELDS x y z\n", "SIZE 4 4 4\n", "TYPE F F F\n", "WIDTH 2\n",
                             "HEIGHT 1\n", "POINTS 2\n"}) {
        const std::string key = std::string(line).substr(0, std::string(line).find(' '));
        refuses(with(kTextHeader, line, ""), "has a header without " + key);
    }
    refuses(with(kTextHeader, "x y z", "x y q"), "FIELDS: has no single number 'z'");
    refuses(with(kTextHeader, "x y z", "x y z x"), "has 3 values; FIELDS names 4");
    refuses(with(kTextHeader, "SIZE 4 4 4", "SIZE 4 4"), "SIZE: has 2 values; FIELDS names 3");
    refuses(with(kTextHeader, "4 4 4", "4 4 2"), "'F' of size 2 is unknown");
    refuses(with(kTextHeader, "F F F", "F F X"), "'X' of size 4 is unknown");
    refuses(with(kTextHeader, "POINTS 2", "POINTS 3"), "POINTS: 3 is not WIDTH 2 x HEIGHT 1");
    refuses(with(kTextHeader, "POINTS 2", "POINTS -3"), "'-3' is out of range");
    refuses(with(kTextHeader, "POINTS 2", "POINTS 99999999999999999999"), "is out of range");
    refuses(with(kTextHeader, "HEIGHT 1", "HEIGHT"), "HEIGHT: has not one value");
    refuses(with(kTextHeader, "ascii", "zip"), "DATA: 'zip' is unknown");
}

TEST_F(PointFile, AMissingFileSaysSo) {
    EXPECT_THAT([&] { read_points(folder_ / "none.bin"); },
                ThrowsMessage<InputError>(HasSubstr("does not exist")));
}

}  // namespace
}  // namespace oneadapt
