#include "dnn/input.hpp"

#include <algorithm>
#include <cmath>
#include <complex>
#include <numbers>

#include <gtest/gtest.h>

#include "dnn/log_mel.hpp"

namespace oneadapt {
namespace {

cv::Mat tone(double hz, int samples, double amplitude) {
    cv::Mat sound(1, samples, CV_32F);
    for (int i = 0; i < samples; ++i) {
        sound.at<float>(i) =
            static_cast<float>(amplitude * std::sin(2 * std::numbers::pi * hz * i / LogMel{}.rate));
    }
    return sound;
}

double to_mel(double hz) {
    return 2595 * std::log10(1 + hz / 700);
}

TEST(LogMel, SilenceIsZeroEverywhere) {
    const cv::Mat picture = log_mel(cv::Mat::zeros(1, 64000, CV_32F), {});
    EXPECT_EQ(picture.size(), cv::Size(400, 64));
    EXPECT_LT(cv::norm(picture, cv::NORM_INF), 1e-6);
}

TEST(LogMel, AToneLightsTheBandThatItFallsInto) {
    const LogMel form;
    const double low = to_mel(form.low_hz);
    const double step = (to_mel(form.high_hz) - low) / (form.mels + 1);
    for (const double hz : {300.0, 1000.0, 3000.0, 6000.0}) {
        const cv::Mat picture = log_mel(tone(hz, 16000, 0.5), form);
        cv::Point brightest;
        cv::minMaxLoc(picture.col(50), nullptr, nullptr, nullptr, &brightest);
        EXPECT_NEAR(brightest.y, (to_mel(hz) - low) / step - 1, 1.01) << hz;
    }
}

TEST(LogMel, TenTimesLouderIsTwoDecadesOfPower) {
    const cv::Mat quiet = log_mel(tone(1000, 16000, 0.05), {});
    const cv::Mat loud = log_mel(tone(1000, 16000, 0.5), {});
    double top = 0;
    double top_quiet = 0;
    cv::minMaxLoc(loud.col(50), nullptr, &top);
    cv::minMaxLoc(quiet.col(50), nullptr, &top_quiet);
    EXPECT_NEAR(top - top_quiet, 2.0 / 7, 1e-4);
    // A Hann window of 400 samples sums to 200: |X| = 0.5/2 * 200 at the tone's own frequency.
    EXPECT_NEAR(top, (std::log10(50.0 * 50.0) + 4) / 7, 0.02);
}

TEST(LogMel, TheSoundIsFollowedBySilence) {
    const cv::Mat picture = log_mel(tone(1000, 1600, 0.5), {});
    EXPECT_EQ(picture.cols, 10);
    double inside = 0;
    double last = 0;
    cv::minMaxLoc(picture.col(5), nullptr, &inside);
    cv::minMaxLoc(picture.col(9), nullptr, &last);
    EXPECT_LT(last, inside);
}

/// The definition, word by word.
cv::Mat naive(const cv::Mat& sound, const LogMel& form) {
    const auto edge = [&](int place) {
        const double low = to_mel(form.low_hz);
        const double mel = low + place * (to_mel(form.high_hz) - low) / (form.mels + 1);
        return 700 * (std::pow(10, mel / 2595) - 1);
    };
    cv::Mat picture(form.mels, sound.cols / form.hop, CV_32F);
    for (int column = 0; column < picture.cols; ++column) {
        for (int band = 0; band < form.mels; ++band) {
            double power = 0;
            for (int bin = 0; bin <= form.fft / 2; ++bin) {
                const double hz = static_cast<double>(bin) * form.rate / form.fft;
                const double rise = (hz - edge(band)) / (edge(band + 1) - edge(band));
                const double fall = (edge(band + 2) - hz) / (edge(band + 2) - edge(band + 1));
                std::complex<double> sum = 0;
                for (int i = 0; i < form.window && column * form.hop + i < sound.cols; ++i) {
                    const double hann =
                        0.5 - 0.5 * std::cos(2 * std::numbers::pi * i / form.window);
                    sum += hann * static_cast<double>(sound.at<float>(column * form.hop + i)) *
                           std::polar(1.0, -2 * std::numbers::pi * bin * i / form.fft);
                }
                power += std::max(0.0, std::min(rise, fall)) * std::norm(sum);
            }
            picture.at<float>(band, column) =
                static_cast<float>((std::log10(std::max(power, 1e-4)) + 4) / 7);
        }
    }
    return picture;
}

TEST(LogMel, IsTheDefinitionWordByWord) {
    cv::Mat sound(1, 500, CV_32F);
    cv::RNG(3).fill(sound, cv::RNG::UNIFORM, -1, 1);
    for (const int fft : {64, 45}) {
        const LogMel form{.rate = 1000,
                          .window = 40,
                          .hop = 20,
                          .fft = fft,
                          .mels = 6,
                          .low_hz = 0,
                          .high_hz = 500};
        const cv::Mat picture = log_mel(sound, form);
        ASSERT_EQ(picture.size(), cv::Size(25, 6));
        EXPECT_LT(cv::norm(picture, naive(sound, form), cv::NORM_INF), 1e-5) << fft;
    }
}

TEST(InputSpace, LumaIsStretchedToFullRange) {
    Sidecar sidecar;
    sidecar.input_kind = "infrared";
    const InputSpace space = input_space(sidecar);
    cv::Mat frame(6, 4, CV_8UC1, cv::Scalar(128));
    frame.row(0).setTo(16);
    frame.row(1).setTo(235);
    frame.row(2).setTo(5);
    const cv::Mat picture = space.picture(frame);
    EXPECT_EQ(picture.size(), cv::Size(4, 4));
    EXPECT_EQ(picture.channels(), 1);
    EXPECT_EQ(picture.at<std::uint8_t>(0, 0), 0);
    EXPECT_EQ(picture.at<std::uint8_t>(1, 0), 255);
    EXPECT_EQ(picture.at<std::uint8_t>(2, 0), 0);
    EXPECT_EQ(space.size(frame), cv::Size(4, 4));
    EXPECT_EQ(space.blank({4, 4}).size(), frame.size());
}

RegionGrid regions_of(const std::string& media, cv::Size size) {
    Sidecar sidecar;
    sidecar.input_kind = media;
    return input_space(sidecar).regions(size);
}

TEST(Regions, OfAPictureAreItsTiles) {
    const RegionGrid regions = regions_of("video", {640, 384});
    EXPECT_EQ(regions.size, cv::Size(40, 24));
    EXPECT_EQ(regions.of_tile.size(), regions.size);
    EXPECT_EQ(regions.of_tile.at<int>(23, 39), 40 * 24 - 1);
}

TEST(Regions, OfASweepLieUnderTheTilesOfItsMap) {
    const RegionGrid regions = regions_of("lidar", {1000, 1});
    EXPECT_EQ(regions.size, cv::Size(8, 8));
    ASSERT_EQ(regions.of_tile.size(), cv::Size(16, 16));
    // The lower edge is at the sensor: left of its middle is the first ring, 45 to 0 degrees left.
    EXPECT_EQ(regions.of_tile.at<int>(14, 7), 4);
    EXPECT_EQ(regions.of_tile.at<int>(14, 8), 3);
    // Far away ahead: the last ring.
    EXPECT_EQ(regions.of_tile.at<int>(0, 7), 7 * 8 + 4);
    // What lies behind the sensor is in no tile.
    EXPECT_EQ(cv::countNonZero(regions.of_tile == 0), 0);
}

TEST(Regions, SoundHasNone) {
    EXPECT_EQ(regions_of("audio", {64000, 1}).size, cv::Size(1, 1));
    Sidecar sidecar;
    sidecar.input_kind = "audio";
    EXPECT_THROW(input_space(sidecar).only(cv::Mat::zeros(1, 8, CV_32F), {true}), std::logic_error);
}

}  // namespace
}  // namespace oneadapt
