#include "measure/transcode.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "measure/difference.hpp"
#include "measure/infer.hpp"
#include "support/fake_instruments.hpp"
#include "support/temp_folder.hpp"

namespace oneadapt::test {
namespace {

class TranscodeTest : public ::testing::Test {
  protected:
    static Recipe again(const char* first, const char* second) {
        Recipe recipe(Configuration::parse(first));
        recipe.again = Configuration::parse(second);
        return recipe;
    }
    /// What the codec makes of frames.
    std::vector<cv::Mat> coded(const char* how, const std::vector<cv::Mat>& frames) const {
        Segment segment = ref.media();
        segment.frames = frames;
        return fake.codec.decode(fake.codec.encode(segment, Configuration::parse(how)));
    }

    TempFolder folder;
    Trace trace{folder / "a.trace", Trace::Mode::read_write};
    FakeInstruments fake;
    SegmentRef ref = fake_segment_ref();
    Lab lab{ref, fake.instruments, trace};
};

TEST_F(TranscodeTest, EncodesWhatWasReceivedAndNotTheSource) {
    const Recipe recipe = again("qp=30", "qp=45");
    const auto wanted =
        pictures_of(coded("qp=45", coded("qp=30", ref.media().frames)), fake.instruments.input);
    const auto seen = lab.received(recipe);
    ASSERT_EQ(seen->size(), wanted.size());
    for (std::size_t i = 0; i < wanted.size(); ++i) {
        EXPECT_EQ(cv::norm((*seen)[i], wanted[i], cv::NORM_INF), 0) << i;
    }
    EXPECT_EQ(lab.take(Infer{recipe, &fake.instruments.dnn({})})->frames, fake.model.infer(wanted));
}

TEST_F(TranscodeTest, TellsTheDifferenceToWhatWasReceived) {
    const auto encoding = lab.take(Transcode{again("qp=30", "qp=45")});
    const auto had = lab.received(Recipe(Configuration::parse("qp=30")));
    const auto has = lab.received(again("qp=30", "qp=45"));
    EXPECT_EQ(cv::norm(encoding->difference.tiles(),
                       difference_map(*had, *has, {0, 1, 2, 3, 4, 5, 6, 7, 8, 9}), cv::NORM_INF),
              0);
    EXPECT_EQ(encoding->encoded_units, 10 * 64 * 32);
    EXPECT_GT(encoding->difference.mean(), 0);
    EXPECT_EQ(lab.take(Transcode{again("qp=30", "qp=20")})->difference.mean(), 0)
        << "what loses nothing changes nothing";
}

TEST_F(TranscodeTest, ADroppedFrameIsTheOneBeforeIt) {
    const Recipe recipe = again("framerate=5", "framerate=2");
    EXPECT_THAT(lab.kept(Recipe(Configuration::parse("framerate=5"))),
                ::testing::ElementsAre(0, 2, 4, 6, 8));
    EXPECT_THAT(lab.kept(recipe), ::testing::ElementsAre(0, 5));
    const auto had = lab.received(Recipe(Configuration::parse("framerate=5")));
    const auto has = lab.received(recipe);
    EXPECT_EQ(cv::norm((*has)[1], (*had)[2], cv::NORM_INF), 0) << "frame 5 shows frame 4";
}

TEST_F(TranscodeTest, ComesBackFromTheTraceAsItWas) {
    const Recipe recipe = again("qp=30", "qp=45");
    const auto measured = lab.take(Transcode{recipe});
    const int encodes = fake.codec.encodes;
    Lab other(ref, fake.instruments, trace);
    const auto back = other.take(Transcode{recipe});
    EXPECT_EQ(fake.codec.encodes, encodes);
    EXPECT_EQ(back->kept, measured->kept);
    EXPECT_EQ(back->bytes, measured->bytes);
    EXPECT_EQ(cv::norm(back->difference.tiles(), measured->difference.tiles(), cv::NORM_INF), 0);
    EXPECT_NE(lab.key_of(Transcode{again("qp=30", "qp=46")}), lab.key_of(Transcode{recipe}));
    EXPECT_NE(lab.key_of(Transcode{again("qp=31", "qp=45")}), lab.key_of(Transcode{recipe}));
}

TEST_F(TranscodeTest, OfSeveralPassesIsRefused) {
    Recipe recipe = again("qp=30", "qp=45");
    recipe.pasted = {Configuration::parse("qp=20")};
    EXPECT_THROW(lab.received(recipe), std::logic_error);
    EXPECT_THROW(lab.encoded_again(Recipe(Configuration::parse("qp=30"))), std::logic_error);
}

}  // namespace
}  // namespace oneadapt::test
