// What cameras look at in their frames.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "measure/changed_pixels.hpp"
#include "measure/picture_means.hpp"
#include "measure/row_units.hpp"
#include "media/regions.hpp"
#include "support/fake_instruments.hpp"
#include "support/temp_folder.hpp"

namespace oneadapt::test {
namespace {

class CameraQueries : public ::testing::Test {
  protected:
    /// A segment of these frames.
    static SegmentRef segment_of(std::vector<cv::Mat> frames, cv::Size size) {
        auto segment = std::make_shared<Segment>();
        segment->size = size;
        segment->fps = 10;
        segment->info.frames = static_cast<int>(frames.size());
        segment->info.duration = {segment->info.frames / 10.0};
        Hasher hash;
        for (const cv::Mat& frame : frames) {
            hash.bytes(std::as_bytes(std::span(frame.data, frame.total() * frame.elemSize())));
        }
        segment->info.hash = hash.finish();
        segment->frames = std::move(frames);
        return {segment->info, [segment]() -> const Segment& { return *segment; }};
    }
    static SegmentRef without_media(const SegmentRef& ref) {
        return {ref.info, []() -> const Segment& { throw std::logic_error("read from a trace"); }};
    }

    TempFolder folder_;
    Trace trace_{folder_ / "a.trace", Trace::Mode::read_write};
    FakeInstruments fake_;
};

TEST_F(CameraQueries, PixelsHaveChangedByMoreThanThirtyOfLuma) {
    const cv::Size size(40, 20);  // tiles at the edges are cut off
    std::vector<cv::Mat> frames;
    for (int i = 0; i < 2; ++i) frames.emplace_back(30, 40, CV_8UC1, cv::Scalar(100));
    frames[1](cv::Rect(0, 0, 8, 16)) = 130;    // not enough
    frames[1](cv::Rect(16, 0, 8, 16)) = 131;   // half of the second tile
    frames[1](cv::Rect(32, 16, 8, 4)) = 0;     // all of the last, which is 8x4
    frames[1](cv::Rect(0, 20, 40, 10)) = 255;  // chroma
    const SegmentRef ref = segment_of(frames, size);
    Lab lab(ref, fake_.instruments, trace_);
    const auto whole = lab.take(ChangedPixels{0, 1});
    EXPECT_DOUBLE_EQ(whole->share, (128 + 32) / 800.0);
    EXPECT_TRUE(whole->tiles.empty());
    EXPECT_DOUBLE_EQ(whole->gflop, 3 * 800e-9);
    const auto tiles = lab.take(ChangedPixels{0, 1, true})->tiles;
    ASSERT_EQ(tiles.size(), cv::Size(3, 2));
    EXPECT_EQ(tiles.at<float>(0, 0), 0);
    EXPECT_EQ(tiles.at<float>(0, 1), 0.5);
    EXPECT_EQ(tiles.at<float>(1, 2), 1);
    EXPECT_EQ(cv::sum(tiles)[0], 1.5);

    Lab warm(without_media(ref), fake_.instruments, trace_);
    EXPECT_EQ(warm.take(ChangedPixels{0, 1})->share, whole->share);
    EXPECT_EQ(cv::norm(warm.take(ChangedPixels{0, 1, true})->tiles, tiles), 0);
    EXPECT_THROW(warm.take(ChangedPixels{1, 0}), std::logic_error);
}

TEST_F(CameraQueries, MeansAreThoseOfTheDnnsPictures) {
    const SegmentRef ref = fake_segment_ref();
    Lab lab(ref, fake_.instruments, trace_);
    const auto means = lab.take(PictureMeans{});
    ASSERT_EQ(means->tiles.size(), cv::Size(4, 2));
    for (int row = 0; row < 2; ++row) {
        for (int column = 0; column < 4; ++column) {
            double sum = 0;
            for (const cv::Mat& picture : lab.source()) {
                const cv::Scalar mean = cv::mean(picture(cv::Rect(column * 16, row * 16, 16, 16)));
                sum += (mean[0] + mean[1] + mean[2]) / 3 / 255;
            }
            EXPECT_NEAR(means->tiles.at<float>(row, column), sum / 10, 1e-6);
        }
    }
    EXPECT_DOUBLE_EQ(means->gflop, 10 * 3 * 64 * 32 * 1e-9);
    Lab warm(without_media(ref), fake_.instruments, trace_);
    EXPECT_EQ(cv::norm(warm.take(PictureMeans{})->tiles, means->tiles), 0);
}

TEST_F(CameraQueries, ARowOfASweepIsARing) {
    Sidecar sidecar;
    sidecar.input_kind = "lidar";
    fake_.instruments.input = input_space(sidecar);
    // Three points 1 m off in all directions, one 7 m, two 100 m off: in rings 0, 1 and 7.
    const cv::Mat sweep = (cv::Mat_<float>(6, 4) << 1, 0, 0, 0, -1, 0, 0, 0, 0, 1, 0, 0, 7, 0, 0, 0,
                           100, 0, 0, 0, -100, 1, 0, 0);
    const cv::Mat nothing(0, 4, CV_32F);
    const SegmentRef ref = segment_of({sweep, sweep, nothing, nothing}, {6, 1});
    Lab lab(ref, fake_.instruments, trace_);
    const auto rows = lab.take(RowUnits{});
    EXPECT_EQ(rows->units, (std::vector<double>{1.5, 0.5, 0, 0, 0, 0, 0, 1}));
    EXPECT_DOUBLE_EQ(rows->gflop, 12 * 20e-9);
    Lab warm(without_media(ref), fake_.instruments, trace_);
    EXPECT_EQ(warm.take(RowUnits{})->units, rows->units);
}

}  // namespace
}  // namespace oneadapt::test
