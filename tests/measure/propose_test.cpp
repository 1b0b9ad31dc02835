#include "measure/propose.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/fake_instruments.hpp"
#include "support/temp_folder.hpp"

namespace oneadapt {
namespace {

Proposals read_proposals(std::span<const std::byte> bytes) {
    Proposals proposals;
    from_bytes(bytes, proposals);
    return proposals;
}

Proposals some_proposals() {
    const FrameProposals boxes{.boxes = {{1.5F, 2, 30, 40, 0.9F, 2}, {-3, 0, 9, 8, 0.02F, 5}}};
    FrameProposals map{.uncertainty = cv::Mat(3, 5, CV_32F, cv::Scalar(0.25F))};
    map.uncertainty.at<float>(1, 4) = 1;
    return {{boxes, boxes, {}, {}, map, map}};
}

TEST(Proposals, ReadBackWhatWasWritten) {
    EXPECT_EQ(read_proposals(to_bytes(some_proposals())), some_proposals());
    EXPECT_EQ(read_proposals(to_bytes(Proposals{})), Proposals{});
}

TEST(Proposals, RefuseEveryTruncation) {
    const auto bytes = to_bytes(some_proposals());
    for (std::size_t size = 0; size < bytes.size(); ++size) {
        EXPECT_THROW(read_proposals(std::span(bytes).first(size)), std::invalid_argument) << size;
    }
}

class ProposeTest : public ::testing::Test {
  protected:
    std::shared_ptr<const Proposals> take(const Recipe& recipe, double floor) {
        Lab lab(test::fake_segment_ref(), fake_.instruments, trace_);
        return lab.take(Propose{recipe, &fake_.instruments.dnns.front(), floor});
    }

    test::TempFolder folder_;
    Trace trace_{folder_ / "t.trace", Trace::Mode::read_write};
    test::FakeInstruments fake_;
};

// At qp 50 two fifths of the contrast are left, so that an object of contrast 55 to 120 scores 0.2
// to 0.44: all are below the threshold of 0.5, and none is above a floor of 0.45.
TEST_F(ProposeTest, TellsWhatAnOutputLeavesOut) {
    const Recipe coarse(Configuration::parse("qp=50"));
    const auto all = take(coarse, 0.01);
    ASSERT_EQ(all->frames.size(), 10U);
    for (const FrameProposals& frame : all->frames) {
        EXPECT_EQ(frame.boxes.size(), 4U);
        for (const Detection& box : frame.boxes) EXPECT_LT(box.score, 0.5F);
    }
    const auto none = take(coarse, 0.45);
    for (const FrameProposals& frame : none->frames) EXPECT_TRUE(frame.boxes.empty());
}

TEST_F(ProposeTest, AreMeasuredOnceForARecipeAndAFloor) {
    const Recipe coarse(Configuration::parse("qp=50"));
    const auto first = take(coarse, 0.1);
    EXPECT_EQ(*take(coarse, 0.1), *first);
    EXPECT_EQ(fake_.model.proposes, 1);
    take(coarse, 0.2);
    take(Recipe(Configuration::parse("qp=46")), 0.1);
    EXPECT_EQ(fake_.model.proposes, 3);
}

TEST_F(ProposeTest, ADroppedFrameRepeatsTheOneBefore) {
    const auto some = take(Recipe(Configuration::parse("framerate=5")), 0.1);
    for (std::size_t i = 0; i < 10; i += 2) EXPECT_EQ(some->frames[i], some->frames[i + 1]) << i;
}

}  // namespace
}  // namespace oneadapt
