// What is worked out of measurements equals what is worked out of them anew, is worked out once,
// and has a name that changes with all that it derives from.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "measure/differentiate.hpp"
#include "measure/encode.hpp"
#include "measure/infer.hpp"
#include "measure/score.hpp"
#include "support/fake_instruments.hpp"
#include "support/temp_folder.hpp"

namespace oneadapt::test {
namespace {

class DerivedTest : public ::testing::Test {
  protected:
    Lab lab(Trace& trace) { return Lab(fake.segment, fake.instruments, trace); }
    Infer infer(const char* configuration) const {
        const Configuration c = Configuration::parse(configuration);
        return {c, &fake.instruments.dnn(c)};
    }
    Encode encode(const char* configuration) const {
        return {EncodePlan(Configuration::parse(configuration))};
    }
    Differentiate differentiate(const char* configuration) const {
        return {Configuration::parse(configuration), &fake.instruments.dnns.front(), 0.05};
    }
    double score(Lab& by, const char* said, const char* right) {
        return mean_score(by, by.later(infer(said)), by.later(infer(right)), task, sidecar,
                          scoring_name(task, sidecar));
    }

    struct Fake : FakeInstruments {
        SegmentRef segment = fake_segment_ref();
    };
    TempFolder folder;
    std::filesystem::path file = folder / "a.trace";
    Fake fake;
    const Task& task = find_task("detect");
    Sidecar sidecar = fake.model.sidecar();
};

TEST_F(DerivedTest, ScoresAreThoseOfTheOutputsAlsoWithoutThem) {
    double expected = 0;
    {
        Trace trace(file, Trace::Mode::read_write);
        Lab cold = lab(trace);
        expected =
            segment_accuracy(task, *cold.take(infer("qp=42")), *cold.take(infer("qp=20")), sidecar);
        EXPECT_LT(expected, 1);
        EXPECT_EQ(score(cold, "qp=42", "qp=20"), expected);
        trace.save_digests();
    }
    Trace trace(file, Trace::Mode::read_write);
    Lab warm = lab(trace);
    const auto& said = warm.later(infer("qp=42"));
    EXPECT_EQ(said.outline().front(), 10);
    EXPECT_EQ(score(warm, "qp=42", "qp=20"), expected);
    EXPECT_EQ(fake.model.infers, 2) << "nothing was measured again";
    EXPECT_EQ(*said.get(), *warm.take(infer("qp=42"))) << "read when somebody looks";
}

TEST_F(DerivedTest, SumsOfMapsAreThoseOfTheirTiles) {
    Trace trace(file, Trace::Mode::read_write);
    for (const bool warm : {false, true}) {
        SCOPED_TRACE(warm);
        Lab from = lab(trace);
        const auto gradient = from.take(differentiate("qp=42"));
        const auto dear = from.take(encode("qp=30"));
        const auto cheap = from.take(encode("qp=42"));
        const double mean = cheap->difference.mean();
        const double product = gradient->saliency.mean_product(cheap->difference);
        const double distance = dear->difference.largest_distance(cheap->difference);
        EXPECT_EQ(mean, cv::mean(cheap->difference.tiles())[0]);
        EXPECT_EQ(product, cv::mean(gradient->saliency.tiles().mul(cheap->difference.tiles()))[0]);
        EXPECT_EQ(distance,
                  cv::norm(dear->difference.tiles(), cheap->difference.tiles(), cv::NORM_INF));
        EXPECT_GT(product, 0);
        EXPECT_GT(distance, 0);
        EXPECT_EQ(cheap->bytes, fake_bytes(Configuration::parse("qp=42"), {64, 32}, 10));
        EXPECT_EQ(cheap->kept.size(), 10U);
        EXPECT_EQ(cheap->difference.size(), cv::Size(4, 2));
    }
    EXPECT_EQ(fake.codec.encodes, 2);
}

TEST_F(DerivedTest, ANameChangesWithAllThatItDerivesFrom) {
    Trace trace(file, Trace::Mode::read_write);
    Lab by = lab(trace);
    const Hash128 said = *by.later(infer("qp=42")).name();
    const Hash128 right = *by.later(infer("qp=20")).name();
    const Hash128 scoring = scoring_name(task, sidecar);
    const Hash128 name = score_name(scoring, said, std::nullopt, right);
    EXPECT_EQ(score_name(scoring, said, std::nullopt, right), name);
    EXPECT_NE(score_name(scoring, right, std::nullopt, right), name);
    EXPECT_NE(score_name(scoring, said, std::nullopt, said), name);
    EXPECT_NE(score_name(scoring, said, 0, right), name);
    EXPECT_NE(score_name(scoring, said, 0, right), score_name(scoring, said, 1, right));

    EXPECT_NE(scoring_name(find_task("lidar"), sidecar), scoring);
    sidecar.classes[1] = "another";
    EXPECT_NE(scoring_name(task, sidecar), scoring);

    fake.instruments.dnns.front().threshold = 0.7;
    EXPECT_NE(*lab(trace).later(infer("qp=42")).name(), said) << "the threshold";
    fake.instruments.dnns.front() = fake_dnn("", fake.model, {8, 8});
    EXPECT_NE(*lab(trace).later(infer("qp=42")).name(), said) << "the DNN";
    fake.segment = fake_segment_ref({}, 1);
    EXPECT_NE(*lab(trace).later(infer("qp=20")).name(), right) << "the segment";
}

TEST_F(DerivedTest, AThresholdChangesTheScoreAndNoMeasurement) {
    Trace trace(file, Trace::Mode::read_write);
    Lab before = lab(trace);
    const double usual = score(before, "qp=42", "qp=20");
    fake.instruments.dnns.front().threshold = 0.3;
    Lab after = lab(trace);
    EXPECT_NE(score(after, "qp=42", "qp=20"), usual);
    EXPECT_EQ(fake.model.infers, 2);
}

}  // namespace
}  // namespace oneadapt::test
