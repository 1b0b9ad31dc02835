#include "measure/lab.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <latch>
#include <string>
#include <thread>

#include "knobs/knob_space.hpp"
#include "measure/difference.hpp"
#include "measure/differentiate.hpp"
#include "measure/encode.hpp"
#include "measure/gflop.hpp"
#include "measure/infer.hpp"
#include "support/errors.hpp"
#include "support/fake_instruments.hpp"
#include "support/temp_folder.hpp"

namespace oneadapt::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

bool same(const cv::Mat& a, const cv::Mat& b) {
    return a.size() == b.size() && a.type() == b.type() && cv::countNonZero(a != b) == 0;
}

bool same(const Encoding& a, const Encoding& b) {
    return a.bytes == b.bytes && a.kept == b.kept &&
           same(a.difference.tiles(), b.difference.tiles());
}

bool same(const DnnGrad& a, const DnnGrad& b) {
    return a.utility == b.utility && same(a.saliency.tiles(), b.saliency.tiles());
}

bool same(const DnnGrad& a, const Gradient& b) {
    return same(a, DnnGrad{b.utility, b.saliency});
}

/// A lab that is asked by configuration.
struct Bench : Lab {
    using Lab::Lab;
    const Dnn* dnn(const Configuration& c) const { return &instruments().dnn(c); }
    EncodingPtr encoding(const Configuration& c) { return take(Encode{c}); }
    OutputPtr output(const Configuration& c) { return take(Infer{c, dnn(c)}); }
    std::shared_ptr<const DnnGrad> gradient(const Configuration& c, double floor) {
        return take(Differentiate{c, dnn(c), floor});
    }
};

class LabTest : public ::testing::Test {
  protected:
    Bench measure(const SegmentRef& of) { return Bench(of, fake.instruments, trace); }

    const Configuration c30 = Configuration::parse("qp=30");
    const KnobSpace space = KnobSpace::from_names({"qp", "resolution", "framerate"}, {});
    TempFolder folder;
    Trace trace{folder / "a.trace", Trace::Mode::read_write};
    FakeInstruments fake;
    SegmentRef ref = fake_segment_ref();
};

TEST_F(LabTest, SaysWhatCodecAndModelSay) {
    auto m = measure(ref);
    const auto encoding = m.encoding(c30);
    EXPECT_EQ(encoding->bytes, fake_bytes(c30, {64, 32}, 10));
    EXPECT_EQ(encoding->kept.size(), 10U);
    const InputSpace& input = fake.instruments.input;
    const auto pictures =
        pictures_of(fake.codec.decode(fake.codec.encode(ref.media(), c30)), input);
    EXPECT_TRUE(
        same(encoding->difference.tiles(),
             difference_map(pictures_of(ref.media().frames, input), pictures, encoding->kept)));
    EXPECT_EQ(m.output(c30)->frames, fake.model.infer(pictures));
    ASSERT_EQ(m.received(c30)->size(), pictures.size());
    for (std::size_t i = 0; i < pictures.size(); ++i) {
        EXPECT_EQ(cv::norm(m.received(c30)->at(i), pictures[i], cv::NORM_INF), 0);
    }
    EXPECT_TRUE(same(*m.gradient(c30, 0.05), fake.model.gradient(pictures.back(), 0.05)));
}

TEST_F(LabTest, DroppedFramesRepeatTheLastKeptOne) {
    const auto c = Configuration::parse("framerate=5");
    auto m = measure(ref);
    EXPECT_THAT(m.encoding(c)->kept, ElementsAre(0, 2, 4, 6, 8));
    const auto full = m.output(Configuration());
    const auto half = m.output(c);
    ASSERT_EQ(half->frames.size(), 10U);
    for (std::size_t i = 0; i < 10; ++i) EXPECT_EQ(half->frames[i], full->frames[i / 2 * 2]);
    EXPECT_EQ(fake.model.forward_frames, 15);
    const auto last = Configuration::parse("framerate=1");
    const cv::Mat source = fake.instruments.input.picture(ref.media().frames[0]);
    EXPECT_TRUE(same(*m.gradient(last, 0.05), fake.model.gradient(source, 0.05)));
}

TEST_F(LabTest, MeasuresEachThingOnceAndEncodesAndDecodesOncePerConfiguration) {
    auto m = measure(ref);
    for (int repeat = 0; repeat < 3; ++repeat) {
        for (const Configuration& c : space.grid()) {
            m.encoding(c);
            m.output(c);
            m.gradient(c, 0.05);
        }
    }
    const int cells = static_cast<int>(space.grid_size());
    EXPECT_EQ(fake.codec.encodes, cells);
    EXPECT_EQ(fake.codec.decodes, cells);
    EXPECT_EQ(fake.model.infers, cells);
    EXPECT_EQ(fake.model.gradients, cells);
    EXPECT_EQ(trace.size(), 3 * cells);
}

TEST_F(LabTest, WarmEqualsColdBitForBitAndNeedsNoInstruments) {
    auto cold = measure(ref);
    for (const Configuration& c : space.grid()) {
        cold.encoding(c);
        cold.output(c);
        cold.gradient(c, 0.05);
    }
    const Instruments none{
        .encoder = fake.instruments.encoder,
        .input = fake.instruments.input,
        .codec = []() -> const Codec& { throw TraceError("offline", "no codec", ""); },
        .dnns = {{.identity = {1, 2}, .threshold = 0.5, .model = []() -> const Model& {
                      throw TraceError("offline", "no model", "");
                  }}}};
    const SegmentRef no_media{
        ref.info, []() -> const Segment& { throw TraceError("offline", "no media", ""); }};
    Bench warm(no_media, none, trace);
    for (const Configuration& c : space.grid()) {
        EXPECT_TRUE(same(*warm.encoding(c), *cold.encoding(c)));
        EXPECT_EQ(*warm.output(c), *cold.output(c));
        EXPECT_TRUE(same(*warm.gradient(c, 0.05), *cold.gradient(c, 0.05)));
    }
    EXPECT_THAT([&] { warm.gradient(c30, 0.1); }, ThrowsMessage<TraceError>(HasSubstr("offline")));
}

TEST_F(LabTest, AnotherInstrumentIsAnotherMeasurement) {
    measure(ref).output(c30);
    measure(ref).gradient(c30, 0.05);
    const auto infers_with = [&](const auto& change) {
        const int before = fake.model.infers + fake.model.gradients;
        FakeInstruments other;
        change(other);
        Bench m(ref, other.instruments, trace);
        m.output(c30);
        m.gradient(c30, 0.05);
        return other.model.infers * 10 + other.model.gradients + fake.model.infers +
               fake.model.gradients - before;
    };
    EXPECT_EQ(infers_with([](FakeInstruments&) {}), 0);
    EXPECT_EQ(infers_with([](FakeInstruments& i) { i.instruments.encoder = "other"; }), 11);
    EXPECT_EQ(infers_with([](FakeInstruments& i) { i.instruments.dnns[0].identity = {3, 4}; }), 11);
    EXPECT_EQ(infers_with([](FakeInstruments& i) { i.instruments.dnns[0].threshold = 0.6; }), 1);
    SegmentRef slow = ref;
    slow.info.duration = {2};
    EXPECT_NE(measure(slow).output(c30), nullptr);
    EXPECT_EQ(fake.model.infers, 2);
}

TEST_F(LabTest, SizesOfTheModelShareWhatTheCameraSends) {
    fake.use_sizes();
    fake.codec.on_encode = [](const Configuration& c) { EXPECT_FALSE(c.has("model")); };
    const KnobSpace both = KnobSpace::from_names({"qp", "model"}, {});
    auto m = measure(ref);
    for (const Configuration& c : both.grid()) {
        EXPECT_EQ(m.encoding(c), m.encoding(as_sent(c)));
        m.output(c);
        m.gradient(c, 0.05);
    }
    EXPECT_EQ(fake.codec.encodes, 11);
    EXPECT_EQ(fake.codec.decodes, 11);
    for (const FakeModel* model : {&fake.model, &fake.small, &fake.nano}) {
        EXPECT_EQ(model->infers, 11);
        EXPECT_EQ(model->gradients, 11);
    }
    EXPECT_EQ(trace.size(), 11 + 3 * 11 + 3 * 11);
    EXPECT_EQ(m.output(Configuration::parse("model=n,qp=30"))->threshold, 0.35);
    EXPECT_EQ(m.output(Configuration::parse("model=s,qp=30"))->threshold, 0.5);
}

TEST_F(LabTest, WhatAModelSaidAloneIsFoundAgainAmongSizes) {
    const OutputPtr before = measure(ref).output(c30);
    const std::shared_ptr<const DnnGrad> slope = measure(ref).gradient(c30, 0.05);
    const auto encodes = fake.codec.encodes.load();
    FakeInstruments sizes;
    sizes.use_sizes();
    Bench among(ref, sizes.instruments, trace);
    const auto m30 = Configuration::parse("model=m,qp=30");
    EXPECT_EQ(*among.output(m30), *before);
    EXPECT_TRUE(same(*among.gradient(m30, 0.05), *slope));
    EXPECT_EQ(sizes.codec.encodes + sizes.model.infers + sizes.model.gradients, 0);
    among.output(Configuration::parse("model=n,qp=30"));
    EXPECT_EQ(sizes.nano.infers, 1);
    EXPECT_EQ(fake.codec.encodes, encodes);
}

TEST_F(LabTest, RefusesASizeThatIsNotInUse) {
    auto m = measure(ref);
    EXPECT_THAT([&] { m.output(Configuration::parse("model=n")); },
                ThrowsMessage<UsageError>(HasSubstr("not in use; add the knob to --knob")));
}

TEST_F(LabTest, NeverMeasuresTwiceUnderManyThreads) {
    constexpr int kThreads = 8;
    fake.codec.on_encode = [](const Configuration&) {
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    };
    const KnobSpace qp = KnobSpace::from_names({"qp"}, {});
    auto m = measure(ref);
    std::latch go(kThreads);
    std::vector<std::thread> threads;
    threads.reserve(kThreads);
    for (int t = 0; t < kThreads; ++t) {
        threads.emplace_back([&, t] {
            go.arrive_and_wait();
            for (const Configuration& c : qp.grid()) {
                if (t % 2 == 0) m.encoding(c);
                m.output(c);
                m.gradient(c, 0.05);
            }
        });
    }
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(fake.codec.encodes, 11);
    EXPECT_EQ(fake.codec.decodes, 11);
    EXPECT_EQ(fake.model.infers, 11);
    EXPECT_EQ(fake.model.gradients, 11);
}

TEST_F(LabTest, AnExceptionReachesEveryoneAndARetryWorks) {
    constexpr int kThreads = 8;
    std::atomic<int> asked = 0;
    fake.model.on_use = [&] {
        // Until all have asked; the last of them may still be on its way to wait.
        while (asked < kThreads) std::this_thread::yield();
        std::this_thread::sleep_for(std::chrono::milliseconds(50));
        throw ModelError("fake.pt", "says NaN", "");
    };
    auto m = measure(ref);
    std::atomic<int> failed = 0;
    std::vector<std::thread> threads;
    threads.reserve(kThreads);
    for (int t = 0; t < kThreads; ++t) {
        threads.emplace_back([&] {
            ++asked;
            try {
                m.output(c30);
            } catch (const ModelError& e) {
                failed += std::string(e.what()) == "fake.pt: says NaN" ? 1 : 0;
            }
        });
    }
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(failed, kThreads);
    EXPECT_EQ(fake.model.infers, 1);
    EXPECT_EQ(trace.size(), 0);

    fake.model.on_use = [] {};
    EXPECT_EQ(m.output(c30)->frames.size(), 10U);
    EXPECT_EQ(fake.model.infers, 2);
    EXPECT_EQ(fake.codec.encodes, 1);
}

TEST_F(LabTest, RefusesFramesOfAnotherSegment) {
    ref.info.hash = Hash128{5, 6};
    auto m = measure(ref);
    EXPECT_THAT([&] { m.encoding(c30); },
                ThrowsMessage<InputError>(HasSubstr("segment 0: its frames are not those")));
}

TEST_F(LabTest, FailsWhenItCannotStore) {
    const Trace empty_trace(folder / "b.trace", Trace::Mode::read_write);
    Trace read_only(folder / "b.trace", Trace::Mode::read_only);
    Bench m(ref, fake.instruments, read_only);
    EXPECT_THROW(m.encoding(c30), OutputError);
}

/// A 1080p segment's pictures take 62 MB: the third configuration pushes out the first.
TEST_F(LabTest, BoundsTheReceivedPicturesInMemory) {
    const auto big = fake_segment_ref({.size = {1920, 1072}, .objects = 0});
    auto m = measure(big);
    for (const char* c : {"qp=20", "qp=30", "qp=40"}) m.encoding(Configuration::parse(c));
    EXPECT_EQ(fake.codec.decodes, 3);
    m.gradient(Configuration::parse("qp=40"), 0.05);
    m.gradient(Configuration::parse("qp=30"), 0.05);
    EXPECT_EQ(fake.codec.decodes, 3);
    m.gradient(Configuration::parse("qp=20"), 0.05);
    EXPECT_EQ(fake.codec.decodes, 4);
    EXPECT_EQ(fake.codec.encodes, 3);
}

/// The fake's packets of a 1080p segment take 31 MB: the fifth configuration's push out the first.
TEST_F(LabTest, BoundsWhatWasEncodedInMemory) {
    const auto big = fake_segment_ref({.size = {1920, 1072}, .objects = 0});
    auto m = measure(big);
    const auto encode = [&](int qp) {
        return m.encoded(EncodePlan(Configuration::parse("qp=" + std::to_string(qp))));
    };
    for (int qp = 20; qp < 25; ++qp) encode(qp);
    encode(21);
    EXPECT_EQ(fake.codec.encodes, 5);
    encode(20);
    EXPECT_EQ(fake.codec.encodes, 6);
}

TEST_F(LabTest, MeasuresGflopOncePerModelAndSize) {
    for (int repeat = 0; repeat < 2; ++repeat) {
        const Dnn& dnn = fake.instruments.dnn({});
        EXPECT_DOUBLE_EQ(forward_gflop(dnn, {640, 384}, trace), 0.24576);
        EXPECT_DOUBLE_EQ(forward_gflop(dnn, {64, 32}, trace), 0.002048);
    }
    EXPECT_EQ(fake.model.gflops, 2);
}

/// The fakes keep their promise: fewer objects are found as qp rises.
TEST_F(LabTest, FakeAccuracyFallsWithQp) {
    auto m = measure(ref);
    std::size_t before = 5;
    for (const Configuration& c : KnobSpace::from_names({"qp"}, {}).grid()) {
        std::size_t found = 0;
        for (const Detection& d : m.output(c)->frames[0].detections) found += d.score >= 0.5F;
        EXPECT_LE(found, before);
        before = found;
    }
    EXPECT_EQ(before, 0U);
}

}  // namespace
}  // namespace oneadapt::test
