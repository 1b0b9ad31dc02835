#include "dnn/drawing.hpp"

#include <gtest/gtest.h>
#include <opencv2/imgproc.hpp>

#include "dnn/task.hpp"

namespace oneadapt {
namespace {

Sidecar detector() {
    Sidecar sidecar;
    sidecar.task = "detect";
    sidecar.input_kind = "video";
    sidecar.classes = {{0, "car"}, {1, "bus"}};
    sidecar.score_threshold = 0.5;
    return sidecar;
}

cv::Vec3b colour(int index) {
    const cv::Scalar c = colour_of(index);
    return {static_cast<uchar>(c[0]), static_cast<uchar>(c[1]), static_cast<uchar>(c[2])};
}

TEST(Drawing, PicturesForPeopleAreWideAndSoundRises) {
    cv::Mat picture = cv::Mat::zeros(80, 100, CV_32F);
    picture.row(0) = 1;
    Sidecar sidecar = detector();
    const cv::Mat seen = shown(picture, sidecar);
    EXPECT_EQ(seen.size(), cv::Size(700, 560));
    EXPECT_EQ(seen.at<cv::Vec3b>(0, 0), cv::Vec3b(255, 255, 255));
    sidecar.input_kind = "audio";
    const cv::Mat heard = shown(picture, sidecar);
    EXPECT_EQ(heard.at<cv::Vec3b>(0, 0), cv::Vec3b(0, 0, 0));
    EXPECT_EQ(heard.at<cv::Vec3b>(559, 0), cv::Vec3b(255, 255, 255));
}

TEST(Drawing, BoxesThatCountAreDrawnWhereTheyAre) {
    const cv::Mat blank = cv::Mat::zeros(384, 640, CV_8UC3);
    FrameOutput output;
    output.detections = {{.x1 = 50, .y1 = 40, .x2 = 100, .y2 = 90, .score = 0.9F, .label = 1},
                         {.x1 = 10, .y1 = 10, .x2 = 20, .y2 = 20, .score = 0.4F, .label = 0}};
    cv::Mat canvas = blank.clone();
    find_task("detect").draw(canvas, {320, 192}, output, detector());
    EXPECT_EQ(canvas.at<cv::Vec3b>(130, 100), colour(1)) << "the left edge, twice as large";
    EXPECT_EQ(canvas.at<cv::Vec3b>(130, 150), cv::Vec3b(0, 0, 0)) << "inside";
    EXPECT_EQ(canvas.at<cv::Vec3b>(30, 20), cv::Vec3b(0, 0, 0)) << "below the threshold";
}

TEST(Drawing, ClassesColourThePicture) {
    Sidecar sidecar = detector();
    sidecar.task = "segment";
    cv::Mat canvas = cv::Mat::zeros(400, 640, CV_8UC3);
    FrameOutput output;
    output.classes = cv::Mat(40, 64, CV_8U, cv::Scalar(1));
    find_task("segment").draw(canvas, {640, 400}, output, sidecar);
    const cv::Vec3b half = colour(1) / 2;
    for (int channel = 0; channel < 3; ++channel) {
        EXPECT_NEAR(canvas.at<cv::Vec3b>(390, 630)[channel], half[channel], 1);
    }
}

TEST(Drawing, EveryTaskDrawsWhatItSaysAndNothingOfSilence) {
    for (const Task& task : task_table()) {
        Sidecar sidecar = detector();
        sidecar.task = task.name;
        cv::Mat canvas = cv::Mat::zeros(400, 640, CV_8UC3);
        task.draw(canvas, {640, 400}, {}, sidecar);
        EXPECT_EQ(cv::sum(canvas), cv::Scalar()) << task.name;
        FrameOutput output;
        output.detections = {{.x1 = 50, .y1 = 40, .x2 = 100, .y2 = 90, .score = 0.9F, .label = 1}};
        output.classes = cv::Mat(40, 64, CV_8U, cv::Scalar(1));
        output.words = {"red"};
        task.draw(canvas, {640, 400}, output, sidecar);
        EXPECT_NE(cv::sum(canvas), cv::Scalar()) << task.name;
    }
}

}  // namespace
}  // namespace oneadapt
