#include "trace/trace.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>
#include <thread>

#include "support/errors.hpp"
#include "support/fake_instruments.hpp"
#include "support/temp_folder.hpp"
#include "trace/fields.hpp"
#include "trace/numbered.hpp"

namespace oneadapt::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::ThrowsMessage;
using Mode = Trace::Mode;

TEST(Trace, GivesBackWhatWasStoredAlsoAfterReopening) {
    const TempFolder folder;
    const auto file = folder / "a.trace";
    {
        Trace trace(file, Mode::read_write);
        for (int n = 0; n < 100; ++n) store_nth(trace, n);
        trace.store("encoding", nth_key(0), nth_value(7, 0));
        EXPECT_EQ(trace.size(), 101);
        EXPECT_TRUE(has_nth(trace, 99));
    }
    for (const Mode mode : {Mode::read_only, Mode::read_write}) {
        const Trace trace(file, mode);
        EXPECT_EQ(trace.size(), 101);
        for (int n = 0; n < 100; ++n) EXPECT_TRUE(has_nth(trace, n));
        EXPECT_EQ(trace.find("output", nth_key(100)), std::nullopt);
        EXPECT_EQ(trace.find("gradient", nth_key(0)), std::nullopt);
        EXPECT_EQ(trace.find("encoding", nth_key(0)), std::vector<std::byte>{});
    }
}

TEST(Trace, TellsKindsApartByName) {
    const TempFolder folder;
    Trace trace(folder / "a.trace", Mode::read_write);
    for (const char* kind : {"output", "outputs", "", "a kind with 'quotes'"}) {
        trace.store(kind, nth_key(1), nth_value(static_cast<int>(std::strlen(kind))));
    }
    EXPECT_EQ(trace.size(), 4);
    EXPECT_EQ(trace.find("outputs", nth_key(1)), nth_value(7));
    EXPECT_EQ(trace.find("", nth_key(1)), nth_value(0));
    EXPECT_EQ(trace.find("Output", nth_key(1)), std::nullopt);
    Trace copy(folder / "b.trace", Mode::read_write);
    EXPECT_EQ(copy.merge(trace.file()), 4);
    EXPECT_EQ(copy.find("a kind with 'quotes'", nth_key(1)), nth_value(20));
}

TEST(Trace, PacksValues) {
    const TempFolder folder;
    {
        Trace trace(folder / "a.trace", Mode::read_write);
        trace.store("map", nth_key(1), Bytes(1'000'000));
        EXPECT_EQ(trace.find("map", nth_key(1)), Bytes(1'000'000));
    }
    EXPECT_LT(std::filesystem::file_size(folder / "a.trace"), 100'000U);
}

TEST(Trace, IsASingleFileOnceClosed) {
    const TempFolder folder;
    {
        Trace trace(folder / "a.trace", Mode::read_write);
        store_nth(trace, 1);
        EXPECT_TRUE(has_nth(trace, 1));
    }
    const auto files = std::filesystem::directory_iterator(folder.path());
    EXPECT_EQ(std::distance(begin(files), end(files)), 1);
}

TEST(Trace, StoringAKeyAgainChangesNothing) {
    const TempFolder folder;
    Trace trace(folder / "a.trace", Mode::read_write);
    store_nth(trace, 1);
    trace.store("output", nth_key(1), nth_value(2));
    EXPECT_TRUE(has_nth(trace, 1));
    EXPECT_EQ(trace.size(), 1);
}

TEST(Trace, KeepsTheLatestIndexOfAClipAndTheLatestFact) {
    const TempFolder folder;
    Trace trace(folder / "a.trace", Mode::read_write);
    const Hash128 file = Hasher().add("dashcam").finish();
    EXPECT_FALSE(trace.find_clip(file, "fake"));
    for (const int segments : {3, 0, 5}) {
        ClipIndex index = fake_clip_index("dashcam", segments);
        index.file = file;
        if (segments > 0) index.segments[1].times = {0, 0.25, 1.5};
        trace.store_clip(index);
        const auto found = trace.find_clip(file, "fake");
        ASSERT_TRUE(found);
        EXPECT_EQ(found->clip, "dashcam");
        EXPECT_EQ(found->options, "fake");
        EXPECT_EQ(found->file, index.file);
        EXPECT_EQ(found->size, index.size);
        EXPECT_EQ(found->fps, index.fps);
        EXPECT_EQ(found->segments, index.segments);
    }
    EXPECT_FALSE(trace.find_clip(file, "other"));
    EXPECT_EQ(trace.clips_named("dashcam", "fake").size(), 1U);

    EXPECT_FALSE(trace.find_fact("encoder"));
    for (const char* value : {"x264 1", "", "x264 2"}) {
        trace.store_fact("encoder", value);
        EXPECT_EQ(trace.find_fact("encoder"), value);
    }
    EXPECT_EQ(trace.size(), 0);
}

TEST(Trace, KnowsAClipByItsBytesAndEveryClipOfAName) {
    const TempFolder folder;
    Trace trace(folder / "a.trace", Mode::read_write);
    const auto record = [&](const std::string& clip, std::uint64_t bytes, int segments) {
        ClipIndex index = fake_clip_index(clip, segments);
        index.file = {7, bytes};
        trace.store_clip(index);
    };
    record("cam", 1, 3);
    record("cam", 2, 5);
    record("south/cam", 2, 5);
    EXPECT_EQ(trace.find_clip({7, 1}, "fake")->segments.size(), 3U);
    EXPECT_EQ(trace.find_clip({7, 2}, "fake")->segments.size(), 5U);
    EXPECT_FALSE(trace.find_clip({7, 3}, "fake"));
    const auto cams = trace.clips_named("cam", "fake");
    ASSERT_EQ(cams.size(), 2U);
    EXPECT_EQ(cams[0].file, (Hash128{7, 1}));
    EXPECT_EQ(cams[1].file, (Hash128{7, 2}));
    EXPECT_EQ(trace.clips_named("south/cam", "fake").size(), 1U);
    EXPECT_TRUE(trace.clips_named("cam", "other").empty());
}

TEST(Trace, ServesManyThreadsAtOnce) {
    constexpr int kThreads = 8;
    constexpr int kEach = 100;
    const TempFolder folder;
    Trace trace(folder / "a.trace", Mode::read_write);
    std::vector<std::thread> threads;
    threads.reserve(kThreads);
    std::atomic<int> wrong = 0;
    for (int t = 0; t < kThreads; ++t) {
        threads.emplace_back([&, t] {
            for (int n = t * kEach; n < (t + 1) * kEach; ++n) {
                store_nth(trace, n);
                if (!has_nth(trace, n)) ++wrong;
                const auto other = trace.find("output", nth_key(n ^ 511));
                if (other && other != nth_value(n ^ 511)) ++wrong;
            }
        });
    }
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(wrong, 0);
    EXPECT_EQ(trace.size(), kThreads * kEach);
}

TEST(Trace, ReadOnlySeesWhatAWriterStoresMeanwhile) {
    const TempFolder folder;
    Trace writer(folder / "a.trace", Mode::read_write);
    const Trace reader(folder / "a.trace", Mode::read_only);
    EXPECT_FALSE(has_nth(reader, 1));
    store_nth(writer, 1);
    EXPECT_TRUE(has_nth(reader, 1));
}

TEST(Trace, ReadOnlyRefusesToStore) {
    const TempFolder folder;
    { Trace(folder / "a.trace", Mode::read_write); }
    Trace trace(folder / "a.trace", Mode::read_only);
    EXPECT_THAT([&] { store_nth(trace, 1); },
                ThrowsMessage<OutputError>(HasSubstr("open for reading only")));
}

class TraceMerge : public ::testing::Test {
  protected:
    TempFolder folder;
    Trace a{folder / "a.trace", Mode::read_write};
    Trace b{folder / "b.trace", Mode::read_write};
};

TEST_F(TraceMerge, CopiesWhatIsMissingOnce) {
    for (int n = 0; n < 20; ++n) store_nth(a, n);
    for (int n = 15; n < 40; ++n) store_nth(b, n);
    a.store_fact("encoder", "x264");
    b.store_fact("encoder", "x264");
    b.store_fact("model", "s");
    b.store_clip(fake_clip_index("drone", 2));

    EXPECT_EQ(a.merge(b.file()), 20);
    EXPECT_EQ(a.size(), 40);
    for (int n = 0; n < 40; ++n) EXPECT_TRUE(has_nth(a, n));
    b.store_fact("model/t", "");
    a.merge(b.file());
    EXPECT_THAT(a.facts_under("mod"), ElementsAre("el", "el/t"));
    EXPECT_THAT(a.facts_under("none"), IsEmpty());
    EXPECT_EQ(a.find_fact("model"), "s");
    EXPECT_EQ(a.clips_named("drone", "fake").at(0).segments.size(), 2U);

    EXPECT_EQ(a.merge(b.file()), 0);
    EXPECT_EQ(a.merge(a.file()), 0);
    EXPECT_EQ(a.size(), 40);
    EXPECT_EQ(b.size(), 25);
}

TEST_F(TraceMerge, RefusesTracesThatDisagreeAndCopiesNothing) {
    store_nth(b, 1);
    store_nth(b, 2);
    a.store("output", nth_key(2), nth_value(3));
    EXPECT_THAT(
        [&] { a.merge(b.file()); },
        ThrowsMessage<TraceError>(AllOf(HasSubstr("b.trace: disagrees with"), HasSubstr("a.trace"),
                                        HasSubstr(nth_key(2).hex()))));
    EXPECT_EQ(a.size(), 1);
}

TEST_F(TraceMerge, RefusesOtherFactsAndOtherCutsOfAClip) {
    a.store_fact("model", "s");
    b.store_fact("model", "m");
    EXPECT_THAT([&] { a.merge(b.file()); },
                ThrowsMessage<TraceError>(HasSubstr("the fact 'model'")));
    b.store_fact("model", "s");
    a.store_clip(fake_clip_index("drone", 2));
    b.store_clip(fake_clip_index("drone", 3));
    EXPECT_THAT([&] { a.merge(b.file()); },
                ThrowsMessage<TraceError>(HasSubstr("the clip 'drone'")));
}

TEST_F(TraceMerge, TakesClipsOfOneNameFromSeveralFiles) {
    ClipIndex other = fake_clip_index("drone", 3);
    other.file = {1, 2};
    a.store_clip(fake_clip_index("drone", 2));
    b.store_clip(other);
    EXPECT_NO_THROW(a.merge(b.file()));
    EXPECT_EQ(a.clips_named("drone", "fake").size(), 2U);
    EXPECT_EQ(a.find_clip({1, 2}, "fake")->segments.size(), 3U);
}

TEST_F(TraceMerge, NamesAMissingFile) {
    EXPECT_THAT([&] { a.merge(folder / "none.trace"); },
                ThrowsMessage<TraceError>(HasSubstr("none.trace: does not exist")));
}

}  // namespace
}  // namespace oneadapt::test
