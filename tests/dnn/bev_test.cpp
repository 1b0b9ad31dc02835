#include "dnn/bev.hpp"

#include <cmath>

#include <gtest/gtest.h>

#include "dnn/input.hpp"

namespace oneadapt {
namespace {

cv::Mat cloud(const std::vector<cv::Vec4f>& points) {
    return cv::Mat(points, true).reshape(1, static_cast<int>(points.size()));
}

TEST(Bev, PlacesFarUpAndLeftLeft) {
    const Bev form;
    ASSERT_EQ(form.size(), cv::Size(256, 256));
    const cv::Mat picture =
        bev_picture(cloud({{51.1F, 25.5F, 0, 1}, {0.1F, -25.5F, 0, 1}, {10.1F, 0.1F, 0, 1}}), form);
    EXPECT_GT(picture.at<cv::Vec3f>(0, 0)[2], 0);
    EXPECT_GT(picture.at<cv::Vec3f>(255, 255)[2], 0);
    EXPECT_GT(picture.at<cv::Vec3f>(205, 127)[2], 0);
    EXPECT_EQ(cv::countNonZero(picture.reshape(1) > 0), 9);
}

TEST(Bev, AForkOfChannels) {
    const cv::Mat picture = bev_picture(
        cloud({{10.1F, 0.1F, -3.5F, 1}, {10.15F, 0.05F, 0, 0.2F}, {10.1F, 0.1F, -7, 0}}), {});
    const cv::Vec3f& value = picture.at<cv::Vec3f>(205, 127);
    EXPECT_FLOAT_EQ(value[0], 0.75F) << "the greatest height";
    EXPECT_FLOAT_EQ(value[1], 0.4F) << "the mean intensity";
    EXPECT_FLOAT_EQ(value[2], static_cast<float>(std::log(4) / std::log(64)));
    const cv::Mat crowd = bev_picture(cloud(std::vector<cv::Vec4f>(100, {10.1F, 0.1F, 0, 1})), {});
    EXPECT_EQ(crowd.at<cv::Vec3f>(205, 127), cv::Vec3f(0.75F, 1, 1));
}

TEST(Bev, LeavesOutWhatIsOutside) {
    const cv::Mat picture = bev_picture(cloud({{-0.1F, 0, 0, 1},
                                               {51.3F, 0, 0, 1},
                                               {9, 25.7F, 0, 1},
                                               {9, -25.7F, 0, 1},
                                               {9, 0, 3.6F, 1},
                                               {9, 0, -10.6F, 1},
                                               {1e30F, -1e30F, 0, 1}}),
                                        {});
    EXPECT_EQ(cv::norm(picture, cv::NORM_INF), 0);
}

TEST(Bev, TheOrderDoesNotMatter) {
    cv::Mat points(20000, 4, CV_32F);
    cv::RNG rng(3);
    rng.fill(points, cv::RNG::UNIFORM, 0, 3);
    points.col(3) /= 3;
    cv::Mat turned;
    cv::flip(points, turned, 0);
    EXPECT_EQ(cv::norm(bev_picture(points, {}), bev_picture(turned, {}), cv::NORM_INF), 0);
}

TEST(InputSpace, PointsAreSeenFromAbove) {
    Sidecar sidecar;
    sidecar.input_kind = "lidar";
    sidecar.bev.x_high = 32;
    sidecar.bev.y_low = -8;
    sidecar.bev.y_high = 8;
    const InputSpace space = input_space(sidecar);
    EXPECT_EQ(space.identity, "bev x=0..32,y=-8..8,z=-10.5..3.5,cell=0.2");
    const cv::Mat blank = space.blank({1000, 1});
    EXPECT_EQ(space.size(blank), cv::Size(0, 1));
    EXPECT_EQ(space.picture(blank).size(), cv::Size(80, 160));
    EXPECT_EQ(cv::norm(space.picture(blank)), 0);
}

}  // namespace
}  // namespace oneadapt
