#include "media/point_file.hpp"

#include <lzf.h>

#include <cmath>
#include <cstdint>
#include <cstring>
#include <fstream>
#include <limits>
#include <map>

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
        write(name, bytes);
        return PointReader({folder_ / name}, form_).read(folder_ / name);
    }
    void write(const std::string& name, const std::string& bytes) const {
        std::ofstream(folder_ / name, std::ios::binary) << bytes;
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
    PointForm form_;
};

/// Points on a wall 20 m away, as a turning sensor of 32 lasers sees them, each number in the
/// layout as a Number.
template <class Number>
std::string wall(const std::string& columns, int points = 3200) {
    std::string bytes;
    for (int i = 0; i < points; ++i) {
        const double angle = 2 * CV_PI * i / points;
        const std::map<char, double> numbers = {{'x', 20 * std::cos(angle)},
                                                {'y', 20 * std::sin(angle)},
                                                {'z', -1.8 + 0.01 * (i % 32)},
                                                {'i', (i % 100) / 100.0},
                                                {'r', i % 32},
                                                {'t', 1e-5 * i}};
        for (const char column : columns) bytes += packed(static_cast<Number>(numbers.at(column)));
    }
    return bytes;
}

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

TEST_F(PointFile, TheScaleOfIntensitiesIsTheClipsAndNotThatOfAFewPoints) {
    const auto sweep = [&](float most, const std::vector<float>& others) {
        std::string bytes;
        for (int i = 1; i <= 1000; ++i) {
            bytes += packed(1.F, 2.F, 3.F, most * static_cast<float>(i) / 1000);
        }
        for (const float other : others) bytes += packed(1.F, 2.F, 3.F, other);
        return bytes;
    };
    const auto half = [&](float most, const std::vector<float>& others = {}) {
        return read("a.bin", sweep(most, others)).at<float>(499, 3);
    };
    EXPECT_FLOAT_EQ(half(1), 0.5F);
    EXPECT_FLOAT_EQ(half(1, {1.05F, 1.2F, 1.5F, 2, 3}), 0.5F) << "a few bright ones are cut to 1";
    EXPECT_EQ(read("a.bin", sweep(1, {3})).at<float>(1000, 3), 1);
    EXPECT_FLOAT_EQ(half(255), 0.5F);
    EXPECT_FLOAT_EQ(half(4000), 2000 / 4095.F);
    EXPECT_FLOAT_EQ(half(65535), 0.5F);

    write("0.bin", sweep(255, {}));
    write("1.bin", packed(1.F, 2.F, 3.F, 1.F));  // a dark sweep of the same sensor
    const PointReader clip({folder_ / "0.bin", folder_ / "1.bin"}, {});
    EXPECT_FLOAT_EQ(clip.read(folder_ / "1.bin").at<float>(0, 3), 1 / 255.F);
    form_.brightest = 500;
    EXPECT_FLOAT_EQ(half(255), 127.5F / 500);
}

TEST_F(PointFile, ABinOfAnotherLayoutIsRefusedByTheNameOfItsOwn) {
    const std::map<std::string, std::string> files = {
        {"xyzi", wall<float>("xyzi")},
        {"xyzir", wall<float>("xyzir")},
        {"xyzit", wall<float>("xyzit")},
        {"xyzirt", wall<float>("xyzirt")},
        {"xyz", wall<float>("xyz")},
        {"xyzi-double", wall<double>("xyzi")},
        {"xyzir-double", wall<double>("xyzir")},
        {"xyz-double", wall<double>("xyz")},
    };
    ASSERT_EQ(files.size(), point_layouts().size());
    for (const auto& [layout, bytes] : files) {
        form_.layout.reset();
        if (layout != "xyzi") {
            refuses(bytes, "use --point-layout " + layout + ", which fits; --point-layout xyzi",
                    "a.bin");
        }
        form_.layout = layout;
        const cv::Mat points = read("a.bin", bytes);
        ASSERT_EQ(points.rows, 3200) << layout;
        EXPECT_NEAR(points.at<float>(800, 1), 20, 1e-4) << layout;
        EXPECT_NEAR(points.at<float>(831, 2), -1.8 + 0.31, 1e-4) << layout;
        EXPECT_NEAR(points.at<float>(50, 3), layout.find('i') != std::string::npos ? 0.5 : 0, 1e-4)
            << layout;
    }
    form_.layout.reset();
    refuses(wall<float>("xyzir", 3201), "use --point-layout xyzir, which fits", "a.bin");
    form_.layout = "xyzi";
    refuses(wall<float>("xyzir", 3201),
            "ends 4 bytes after its last whole point, at offset 64016; use --point-layout xyzir, "
            "which fits",
            "a.bin");
    EXPECT_EQ(read("a.bin", wall<float>("xyzir")).rows, 4000) << "taken at its word";
    form_.layout = "yxz";
    EXPECT_THAT([&] { read("a.bin", ""); },
                ThrowsMessage<UsageError>(HasSubstr("'yxz': is unknown; choose from xyzi, xyzir")));
}

TEST_F(PointFile, TheIntensityOfAPcdMayHaveOtherNames) {
    const auto named = [](const std::string& name) {
        return with(with(with(kTextHeader, "x y z", "x y z " + name), "4 4 4", "4 4 4 4"), "F F F",
                    "F F F F") +
               "1 2 3 0.25\n1 2 3 0.5\n";
    };
    for (const char* name : {"intensity", "Intensity", "i"}) {
        expect_points(read("a.pcd", named(name)), {1, 2, 3, 0.25F, 1, 2, 3, 0.5F});
    }
    expect_points(read("a.pcd", named("ring")), {1, 2, 3, 0, 1, 2, 3, 0});
    expect_points(read("a.pcd", "\xEF\xBB\xBF" + named("i")), {1, 2, 3, 0.25F, 1, 2, 3, 0.5F});
}

TEST_F(PointFile, WhatAHeaderAsksForHasALimit) {
    const std::string many =
        with(with(kTextHeader, "WIDTH 2", "WIDTH 16777216"), "POINTS 2", "POINTS 16777216");
    refuses(many, "ends after 0 of 16777216 points");
    refuses(with(with(with(with(many, "x y z", "x y z _"), "SIZE 4 4 4", "SIZE 4 4 4 8"), "F F F",
                      "F F F F\nCOUNT 1 1 1 4000"),
                 "ascii", "binary_compressed") +
                packed(std::uint32_t{4}, std::uint32_t{4}) + "abcd",
            "announces 16777216 points of 32012 bytes");
    refuses(with(with(many, "16777216", "16777217"), "16777216", "16777217"), "is out of range");
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
    EXPECT_THAT([&] { PointReader({folder_ / "none.bin"}, {}); },
                ThrowsMessage<InputError>(HasSubstr("does not exist")));
}

}  // namespace
}  // namespace oneadapt
