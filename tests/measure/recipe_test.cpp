#include "measure/recipe.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "measure/difference.hpp"
#include "measure/encode.hpp"
#include "measure/infer.hpp"
#include "measure/passes.hpp"
#include "support/fake_instruments.hpp"
#include "support/temp_folder.hpp"

namespace oneadapt::test {
namespace {

using ::testing::ElementsAre;
using ::testing::SizeIs;
using Pictures = std::vector<cv::Mat>;

const RegionMask kFirstAndSixth = {true, false, false, false, false, true, false, false};

bool same(const cv::Mat& a, const cv::Mat& b) {
    return a.size() == b.size() && a.type() == b.type() && cv::norm(a, b, cv::NORM_INF) == 0;
}

/// Of the fake scene, 64 x 32 pixels or four by two regions.
bool in_mask(const RegionMask& mask, int x, int y) {
    return mask.at(static_cast<std::size_t>(y / 16 * 4 + x / 16));
}

/// What only_picture_regions() promises, sample by sample.
cv::Mat blanked(const cv::Mat& i420, const RegionMask& mask) {
    cv::Mat out = i420.clone();
    for (int y = 0; y < 32; ++y) {
        for (int x = 0; x < 64; ++x) {
            if (in_mask(mask, x, y)) continue;
            out.data[y * 64 + x] = 16;
            out.data[64 * 32 + y / 2 * 32 + x / 2] = 128;
            out.data[64 * 32 + 32 * 16 + y / 2 * 32 + x / 2] = 128;
        }
    }
    return out;
}

/// Tiles of `over` in the mask, of `under` elsewhere, pixel by pixel.
cv::Mat mixed(const cv::Mat& under, const cv::Mat& over, const RegionMask& mask) {
    cv::Mat out = under.clone();
    for (int y = 0; y < out.rows; ++y) {
        for (int x = 0; x < out.cols; ++x) {
            if (in_mask(mask, x, y)) out.at<cv::Vec3b>(y, x) = over.at<cv::Vec3b>(y, x);
        }
    }
    return out;
}

class RecipeTest : public ::testing::Test {
  protected:
    /// The frames as coded and seen, all of them one by one.
    Pictures coded(const Configuration& how, const Pictures& frames) const {
        Segment segment = ref.media();
        segment.frames = frames;
        return pictures_of(fake.codec.decode(fake.codec.encode(segment, how)),
                           fake.instruments.input);
    }
    Pictures coded(const Configuration& how) const { return coded(how, ref.media().frames); }
    Pictures coded(const Configuration& how, const RegionMask& mask) const {
        Pictures frames;
        for (const cv::Mat& frame : ref.media().frames) frames.push_back(blanked(frame, mask));
        return coded(how, frames);
    }
    static void expect_same(const Pictures& a, const Pictures& b) {
        ASSERT_EQ(a.size(), b.size());
        for (std::size_t i = 0; i < a.size(); ++i) EXPECT_TRUE(same(a[i], b[i])) << i;
    }

    const Configuration cheap = Configuration::parse("qp=46");
    const Configuration dear = Configuration::parse("qp=22");
    TempFolder folder;
    Trace trace{folder / "a.trace", Trace::Mode::read_write};
    FakeInstruments fake;
    SegmentRef ref = fake_segment_ref();
    Lab lab{ref, fake.instruments, trace};
};

TEST_F(RecipeTest, APlanOfRegionsBlanksTheOthersBeforeEncoding) {
    const EncodePlan plan(dear, kFirstAndSixth);
    expect_same(*lab.received(plan), coded(dear, kFirstAndSixth));
    const auto lossless = lab.take(Encode{{Configuration::parse("qp=20"), kFirstAndSixth}});
    EXPECT_EQ(cv::countNonZero(lossless->difference.tiles()), 0)
        << "compared with what was offered";
    EXPECT_THAT(lossless->kept, SizeIs(10));
}

TEST_F(RecipeTest, APlanOfFramesOffersTheseAlone) {
    const EncodePlan plan(cheap, {}, {2, 5, 7});
    const auto encoding = lab.take(Encode{plan});
    EXPECT_THAT(encoding->kept, ElementsAre(2, 5, 7));
    EXPECT_EQ(encoding->bytes, fake_bytes(cheap, {64, 32}, 3));
    const Pictures all = coded(cheap);
    expect_same(*lab.received(plan), {all[2], all[5], all[7]});
    const Pictures& source = lab.source();
    EXPECT_TRUE(same(
        encoding->difference.tiles(),
        difference_map({source[2], source[5], source[7]}, {all[2], all[5], all[7]}, {0, 1, 2})));

    const auto output = lab.take(Infer{plan, &fake.instruments.dnn({})});
    const auto whole = lab.take(Infer{cheap, &fake.instruments.dnn({})});
    ASSERT_THAT(output->frames, SizeIs(10));
    const int shown[] = {-1, -1, 2, 2, 2, 5, 5, 7, 7, 7};
    for (std::size_t i = 0; i < 10; ++i) {
        EXPECT_EQ(output->frames[i],
                  shown[i] < 0 ? FrameOutput{} : whole->frames[static_cast<std::size_t>(shown[i])]);
    }
}

TEST_F(RecipeTest, FramesOfferedKeepTheirTimes) {
    Segment segment = ref.media();
    segment.info.times = {0, 0.1, 0.2, 0.3, 0.4, 1.4, 1.5, 1.6, 1.7, 1.8};
    const EncodePlan plan(cheap, {}, {2, 5, 7});
    EXPECT_THAT(offered(segment, plan, fake.instruments.input).info.times,
                ElementsAre(0.2, 1.4, 1.6));
    segment.info.times.clear();
    EXPECT_THAT(offered(segment, plan, fake.instruments.input).info.times, SizeIs(0));
}

TEST_F(RecipeTest, KnobsDropAmongTheFramesOffered) {
    const EncodePlan plan(Configuration::parse("framerate=5"), {}, {2, 5, 7});
    EXPECT_THAT(lab.take(Encode{plan})->kept, ElementsAre(2, 7));
}

TEST_F(RecipeTest, ALaterPassReplacesItsTilesInTheFramesThatItKept) {
    const Recipe recipe(cheap, {{dear, kFirstAndSixth, {1, 3}}});
    EXPECT_THAT(lab.kept(recipe), SizeIs(10));
    const Pictures low = coded(cheap);
    const Pictures high = coded(dear, kFirstAndSixth);
    Pictures wanted = low;
    for (const std::size_t i : {1U, 3U}) wanted[i] = mixed(low[i], high[i], kFirstAndSixth);
    expect_same(*lab.received(recipe), wanted);
    ASSERT_FALSE(same(wanted[1], low[1]));
    EXPECT_EQ(lab.take(Infer{recipe, &fake.instruments.dnn({})})->frames, fake.model.infer(wanted));
}

TEST_F(RecipeTest, PassesArePastedInOrderAndWholeOnesReplaceAll) {
    const RegionMask first = {true, false, false, false, false, false, false, false};
    const Recipe recipe(cheap, {{dear, kFirstAndSixth}, {cheap, first}, {dear, {}, {9}}});
    const Pictures low = coded(cheap);
    Pictures wanted;
    for (std::size_t i = 0; i < 10; ++i) {
        const cv::Mat both = mixed(low[i], coded(dear, kFirstAndSixth)[i], kFirstAndSixth);
        wanted.push_back(mixed(both, coded(cheap, first)[i], first));
    }
    wanted[9] = coded(dear)[9];
    expect_same(*lab.received(recipe), wanted);
}

TEST_F(RecipeTest, AFrameThatTheFirstPassLacksStartsFromTheOneLastSeen) {
    const Recipe recipe({cheap, {}, {4, 8}}, {{dear, kFirstAndSixth, {2, 6}}});
    EXPECT_THAT(lab.kept(recipe), ElementsAre(2, 4, 6, 8));
    const Pictures low = coded(cheap);
    const Pictures high = coded(dear, kFirstAndSixth);
    const cv::Mat blank =
        fake.instruments.input.picture(blanked(ref.media().frames[0], RegionMask(8, false)));
    expect_same(*lab.received(recipe), {mixed(blank, high[2], kFirstAndSixth), low[4],
                                        mixed(low[4], high[6], kFirstAndSixth), low[8]});
}

TEST_F(RecipeTest, PassesAreSharedAndNothingIsMeasuredTwice) {
    const EncodePlan regions(dear, kFirstAndSixth);
    const Dnn& dnn = fake.instruments.dnn({});
    const auto measure = [&](Lab& in) {
        for (int repeat = 0; repeat < 2; ++repeat) {
            in.take(Encode{cheap});
            in.take(Encode{regions});
            in.take(Infer{cheap, &dnn});
            in.take(Infer{{cheap, {regions}}, &dnn});
        }
    };
    measure(lab);
    EXPECT_EQ(fake.codec.encodes, 2);
    EXPECT_EQ(fake.codec.decodes, 2);
    EXPECT_EQ(fake.model.infers, 2);
    EXPECT_EQ(trace.size(), 4);
    Lab again(ref, fake.instruments, trace);
    measure(again);
    EXPECT_EQ(fake.codec.encodes + fake.model.infers, 4);
    EXPECT_EQ(again.take(Infer{{cheap, {regions}}, &dnn})->frames,
              lab.take(Infer{{cheap, {regions}}, &dnn})->frames);
}

TEST_F(RecipeTest, RefusesFramesAndRegionsThatTheSegmentHasNot) {
    for (const std::vector<int>& frames : {std::vector{3, 2}, {2, 2}, {-1, 2}, {9, 10}}) {
        EXPECT_THROW(lab.take(Encode{{cheap, {}, frames}}), std::logic_error);
    }
    EXPECT_THROW(lab.take(Encode{{cheap, RegionMask(7)}}), std::logic_error);
    fake.instruments.input.regions = [](cv::Size) { return RegionGrid{}; };
    EXPECT_THROW(lab.received(Recipe(cheap, {{dear, kFirstAndSixth}})), std::logic_error);
    EXPECT_EQ(trace.size(), 0);
}

template <class Plan>
Hash128 hash_of(const Plan& plan) {
    Hasher hasher;
    plan.add_to(hasher);
    return hasher.finish();
}

TEST(Recipe, EqualOnesHaveEqualHashesAndOthersDoNot) {
    const Configuration c = Configuration::parse("qp=30");
    Configuration regions;
    regions.set_regions("macroblock", {20, 40, 30});
    Configuration others;
    others.set_regions("macroblock", {20, 30, 40});
    Configuration both = regions;
    both.set("qp", 30);
    const std::vector<Recipe> recipes = {c,
                                         regions,
                                         others,
                                         both,
                                         Configuration::parse("macroblock=30"),
                                         {{c, RegionMask{true, false}}},
                                         {{c, RegionMask{false, true}}},
                                         {{c, {}, {1}}},
                                         {{c, {}, {1, 2}}},
                                         {{c, RegionMask{true}, {1}}},
                                         {c, {c}},
                                         {c, {c, c}},
                                         {c, {regions, others}},
                                         {c, {others, regions}},
                                         {c, {{c, {}, {1}}}}};
    for (std::size_t i = 0; i < recipes.size(); ++i) {
        for (std::size_t j = 0; j < recipes.size(); ++j) {
            EXPECT_EQ(recipes[i] == recipes[j], i == j);
            EXPECT_EQ(hash_of(recipes[i]) == hash_of(recipes[j]), i == j) << i << ' ' << j;
        }
    }
    Configuration zero = c;
    zero.set("bframe-bias", 0.0);
    Configuration minus = c;
    minus.set("bframe-bias", -0.0);
    EXPECT_EQ(hash_of(Recipe(zero)), hash_of(Recipe(minus)));
    EXPECT_EQ(Recipe(Configuration::parse("model=n,qp=30")), Recipe(c)) << "as sent";
}

}  // namespace
}  // namespace oneadapt::test
