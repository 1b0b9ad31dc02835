#include <cstdlib>
#include <fstream>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <opencv2/imgproc.hpp>

#include "dnn/check.hpp"
#include "dnn/input.hpp"
#include "dnn/model.hpp"
#include "support/temp_folder.hpp"

namespace oneadapt {
namespace {

using ::testing::HasSubstr;

const cv::Size kSize(320, 192);
/// Debian's packages belong to Debian's own interpreter.
constexpr const char* kPython = "/usr/bin/python3";

/// Runs the system's Python; returns the exit status and what it printed, errors included only when
/// it failed.
std::pair<int, std::string> python(const test::TempFolder& folder, const std::string& arguments) {
    const auto out = folder / "out";
    const auto errors = folder / "errors";
    const int status = std::system(
        fmt::format("{} {} >{} 2>{}", kPython, arguments, out.string(), errors.string()).c_str());
    std::ifstream in(status == 0 ? out : errors);
    return {status, {std::istreambuf_iterator<char>(in), {}}};
}

std::pair<int, std::string> export_model(const test::TempFolder& folder,
                                         const std::string& arguments) {
    return python(folder, ONEADAPT_SOURCE_DIR "/tools/export_model.py " + arguments);
}

/// Smooth colours with some structure.
cv::Mat pattern() {
    cv::Mat frame(kSize.height * 3 / 2, kSize.width, CV_8UC1);
    cv::RNG random(5);
    random.fill(frame, cv::RNG::UNIFORM, 20, 235);
    cv::blur(frame, frame, cv::Size(9, 9));
    return frame;
}

class ExportTest : public ::testing::TestWithParam<std::string> {
  protected:
    test::TempFolder folder;
};

TEST_P(ExportTest, ExportedDetectorsAnswerAsInPyTorch) {
    const auto file = folder / "detector.pt";
    const auto [status, log] = export_model(
        folder, fmt::format("--model {} --random 7 --num-classes 3 --classes 1=thing,2=other "
                            "--nms-iou 0.99 --out {}",
                            GetParam(), file.string()));
    ASSERT_EQ(status, 0) << log;
    const auto model = load_model(file, load_sidecar(sidecar_path(file)), "cpu");
    const cv::Mat frame = pattern();
    std::ofstream(folder / "frame", std::ios::binary)
        .write(reinterpret_cast<const char*>(frame.data),
               static_cast<std::streamsize>(frame.total()));

    const auto [answer_status, answer] = python(
        folder, fmt::format("{}/reference.py {} {} {} {} {}", ONEADAPT_SOURCE_DIR "/tests/dnn",
                            file.string(), (folder / "frame").string(), kSize.width, kSize.height,
                            static_cast<double>(model->sidecar().score_floor())));
    ASSERT_EQ(answer_status, 0) << answer;
    std::istringstream in(answer);
    double utility = 0.0;
    double slope = 0.0;
    in >> utility >> slope;

    const cv::Mat picture = input_space(model->sidecar()).picture(frame);
    const auto detections = model->infer({picture})[0].detections;
    ASSERT_FALSE(detections.empty());
    for (const Detection& mine : detections) {
        Detection theirs;
        in >> theirs.x1 >> theirs.y1 >> theirs.x2 >> theirs.y2 >> theirs.score >> theirs.label;
        ASSERT_TRUE(in) << "PyTorch finds fewer";
        EXPECT_NEAR(mine.score, theirs.score, 1e-4);
        EXPECT_EQ(mine.label, theirs.label);
        EXPECT_NEAR(mine.x1, theirs.x1, 0.05);
        EXPECT_NEAR(mine.y2, theirs.y2, 0.05);
    }
    const Gradient gradient = model->gradient(picture, model->sidecar().score_floor());
    EXPECT_NEAR(gradient.utility, utility, 1e-3 * utility);
    EXPECT_GT(slope, 0.0);
    EXPECT_NEAR(cv::sum(gradient.saliency)[0] * kTileSize * kTileSize, slope, 0.01 * slope);
}

INSTANTIATE_TEST_SUITE_P(Detectors, ExportTest,
                         ::testing::Values("ssdlite320_mobilenet_v3_large",
                                           "fasterrcnn_mobilenet_v3_large_320_fpn"));

TEST(ExportTool, SaysWhatIsWrong) {
    const test::TempFolder folder;
    const std::string out = " --out " + (folder / "m.pt").string();
    const auto says = [&](const std::string& arguments, const std::string& message) {
        const auto [status, log] = export_model(folder, arguments);
        EXPECT_NE(status, 0) << arguments;
        EXPECT_THAT(log, HasSubstr(message));
        EXPECT_FALSE(std::filesystem::exists(folder / "m.pt"));
    };
    says("--model dream --random 1" + out, "--model dream is unknown; valid names are fasterrcnn");
    says("--model ssd300_vgg16" + out, "one of the arguments --weights --random is required");
    says("--model ssd300_vgg16 --random 1 --classes car" + out, "'car' is not INDEX=NAME");
    says("--model ssd300_vgg16 --random 1 --classes 91=x" + out,
         "class 91 does not exist; classes of this model go from 1 to 90");
    says("--model ssd300_vgg16 --random 1 --threshold 2" + out, "'2' is not a number between");
    says("--model ssdlite320_mobilenet_v3_large --weights /dev/null" + out,
         "/dev/null does not hold this model's weights");
}

}  // namespace
}  // namespace oneadapt
