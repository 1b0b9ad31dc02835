#include "report/curve.hpp"

#include <cmath>
#include <fstream>
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "report/frontier.hpp"

namespace oneadapt {
namespace {

TEST(Curve, PchipNeverSwingsBetweenItsVertices) {
    const Curve curve({{0, 0}, {1, 0}, {2, 5}, {4, 5}, {5, 4}}, Lines::pchip);
    EXPECT_EQ(curve.at(0.5), 0);
    EXPECT_EQ(curve.at(3), 5);
    EXPECT_NEAR(curve.at(1.5), 2.5, 1e-12);
    double before = 0;
    for (double x = 1; x <= 2; x += 0.01) {
        EXPECT_GE(curve.at(x), before);
        before = curve.at(x);
    }
}

TEST(Curve, BothAgreeOnALine) {
    for (const Lines lines : {Lines::straight, Lines::pchip}) {
        const Curve curve({{-1, 5}, {0, 3}, {3, -3}}, lines);
        EXPECT_NEAR(curve.at(1), 1, 1e-12);
        EXPECT_NEAR(curve.mean(-1, 3), 1, 1e-12);
        EXPECT_NEAR(curve.mean(-0.5, 1.5), 2, 1e-12);
        EXPECT_NEAR(*mean_difference(curve, Curve({{2, 1}, {4, 1}}, lines)), -3, 1e-12);
        EXPECT_FALSE(mean_difference(curve, Curve({{4, 1}, {5, 1}}, lines)));
    }
}

/// Each line of the file is a pair of rate-quality curves and their BD-rate in percent as the
/// Python package bjontegaard has it; tools/bjontegaard_reference.py wrote it.
TEST(Curve, PchipGivesTheRatesOfTheMpegMethod) {
    std::ifstream file(ONEADAPT_SOURCE_DIR "/tests/report/bjontegaard.txt");
    std::string line;
    int checked = 0;
    while (std::getline(file, line)) {
        if (line.starts_with('#')) continue;
        std::istringstream in(line);
        std::vector<OperatingPoint> sides[2];
        for (auto& points : sides) {
            int count = 0;
            in >> count;
            points.resize(static_cast<std::size_t>(count));
            for (OperatingPoint& point : points) in >> point.cost >> point.accuracy;
        }
        double bd_rate = 0;
        ASSERT_TRUE(in >> bd_rate) << line;
        const Comparison comparison = compare(sides[1], sides[0], Lines::pchip);
        ASSERT_TRUE(comparison.saving) << line;
        EXPECT_NEAR(*comparison.saving, -bd_rate / 100, 1e-9) << line;
        ++checked;
    }
    EXPECT_EQ(checked, 100);
}

}  // namespace
}  // namespace oneadapt
