// Draws a made-up results folder with tools/figures.py, as a user would.

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <opencv2/core.hpp>
#include <opencv2/imgcodecs.hpp>

#include "report/results.hpp"
#include "rows.hpp"
#include "support/temp_folder.hpp"

namespace oneadapt {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

constexpr double qps[] = {20, 24, 30, 38, 50};
constexpr int segments = 30;

/// A segment at position `x` of the QP grid (0 = dearest) of a scheme that wastes `waste`.
SegmentRow made_up(const std::string& clip, const CellId& cell, int segment, double x,
                   double waste) {
    const auto index = static_cast<std::size_t>(std::clamp(std::lround(x * 4), 0L, 4L));
    const double level = static_cast<double>(index) / 4;
    const double hard = 0.5 + 0.4 * std::sin(0.3 * segment + (clip == "drone" ? 2 : 0));
    SegmentRow row = segment_row(clip, cell, segment, waste * 1500 * std::exp(-3 * level),
                                 1 - hard * level * level);
    row.configuration = fmt::format("macroblock=24x3:{},model={},qp={},resolution={}", qps[index],
                                    "mmssn"[index], qps[index], index < 3 ? 1 : 0.67);
    return row;
}

RunResult made_up_run() {
    RunResult run;
    for (const std::string clip : {"fixed", "dashcam", "drone"}) {
        for (std::size_t i = 0; i < std::size(qps); ++i) {
            const CellId cell = fixed(fmt::format("qp={}", qps[i]));
            for (int s = 0; s < segments; ++s) {
                run.segments.push_back(made_up(clip, cell, s, static_cast<double>(i) / 4, 1));
            }
        }
        double waste = 0.7;
        for (const char* scheme : {"oracle", "oneadapt-bounded", "oneadapt", "chameleon"}) {
            for (const double weight : {0.02, 0.1, 0.5, 2.0, 10.0}) {
                for (int s = 0; s < segments; ++s) {
                    const double x =
                        0.5 + 0.2 * std::log10(weight) + 0.25 * std::sin(0.3 * s + waste);
                    run.segments.push_back(made_up(clip, weighted(scheme, weight), s, x, waste));
                }
            }
            waste += 0.15;
        }
        for (int s = 0; s < segments; ++s) {
            const double estimate = std::exp(3 * std::sin(1.7 * s));
            const CellId cell = weighted("oneadapt", 0.5);
            run.accgrad.push_back(
                {clip, cell, s, "qp", 20, 24, estimate, 0.02 * std::log(estimate + s)});
            run.accgrad.push_back({clip, cell, s, "resolution", 1, 0.67, s % 7 == 0 ? 0 : -estimate,
                                   0.05 * std::cos(s)});
        }
    }
    return run;
}

class Figures : public ::testing::Test {
  public:
    /// Runs the script; its exit code, and what it said in `said`.
    int draw(const std::string& arguments) {
        const std::string command =
            fmt::format("MPLBACKEND=Agg /usr/bin/python3 {}/tools/figures.py {} > {} 2>&1",
                        ONEADAPT_SOURCE_DIR, arguments, (dir / "said").string());
        const int status = std::system(command.c_str());
        std::ostringstream text;
        text << std::ifstream(dir / "said").rdbuf();
        said = text.str();
        return WEXITSTATUS(status);
    }

    test::TempFolder folder;
    fs::path dir = folder.path();
    std::string said;
};

TEST_F(Figures, AreDrawnAndNotBlank) {
    const fs::path out = dir / "results";
    write_results(out, made_up_run(), {});
    ASSERT_EQ(draw(out.string()), 0) << said;
    for (const char* name : {"frontier.png", "choices.png", "agreement.png"}) {
        const cv::Mat picture = cv::imread((out / name).string(), cv::IMREAD_COLOR);
        ASSERT_FALSE(picture.empty()) << name;
        EXPECT_GT(picture.cols, 500) << name;
        cv::Scalar mean;
        cv::Scalar deviation;
        cv::meanStdDev(picture, mean, deviation);
        EXPECT_GT(deviation[0], 10) << name << " is blank";
    }
    EXPECT_EQ(draw(fmt::format("{} --weight 0.3", out.string())), 2);
    EXPECT_THAT(said, HasSubstr("--weight 0.3: was not run; choose one of 0.02, 0.1, 0.5, 2, 10"));
}

TEST_F(Figures, SayWhatIsWrongWithTheFolder) {
    EXPECT_EQ(draw((dir / "none").string()), 3);
    EXPECT_THAT(said, HasSubstr("is not a folder"));
    EXPECT_EQ(draw(dir.string()), 3);
    EXPECT_THAT(said, HasSubstr("summary.csv: cannot be read (No such file or directory)"));
    std::ofstream(dir / "summary.csv") << "clip,scheme\n";
    EXPECT_EQ(draw(dir.string()), 3);
    EXPECT_THAT(said, HasSubstr("lacks the column 'part'"));
}

}  // namespace
}  // namespace oneadapt
