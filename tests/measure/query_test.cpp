// A query that this file alone knows of.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "measure/lab.hpp"
#include "support/errors.hpp"
#include "support/fake_instruments.hpp"
#include "support/temp_folder.hpp"

namespace oneadapt::test {
namespace {

using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

struct Brightness {
    double mean = 0;
};

Bytes to_bytes(const Brightness& brightness) {
    return FieldWriter().put(brightness.mean).finish();
}

void from_bytes(std::span<const std::byte> bytes, Brightness& brightness) {
    FieldReader in(bytes);
    brightness.mean = in.get<double>();
    in.finish();
}

/// Mean brightness of a frame of the source.
struct Brighten {
    using Value = Brightness;
    static constexpr const char* kName = "brightness";

    int frame = 0;
    int* measured = nullptr;

    void key(Hasher& hasher, const Lab& lab) const {
        hasher.add(lab.instruments().input.identity).add(frame);
    }
    Brightness measure(Lab& lab) const {
        ++*measured;
        return {cv::mean(lab.source().at(static_cast<std::size_t>(frame)))[0]};
    }
};

/// Stores less than a Brightness under its name.
struct Nothing {};
Bytes to_bytes(const Nothing&) {
    return FieldWriter().put(std::uint8_t{1}).finish();
}
void from_bytes(std::span<const std::byte>, Nothing&) {}

struct Impostor : Brighten {
    using Value = Nothing;
    Nothing measure(Lab&) const { return {}; }
};

class QueryTest : public ::testing::Test {
  protected:
    TempFolder folder;
    Trace trace{folder / "a.trace", Trace::Mode::read_write};
    FakeInstruments fake;
    SegmentRef ref = fake_segment_ref();
    int measured = 0;
};

TEST_F(QueryTest, IsMeasuredOnceStoredAndReadBack) {
    Lab lab(ref, fake.instruments, trace);
    const auto first = lab.take(Brighten{3, &measured});
    EXPECT_EQ(first->mean, cv::mean(fake.instruments.input.picture(ref.media().frames[3]))[0]);
    EXPECT_EQ(lab.take(Brighten{3, &measured}), first);
    lab.take(Brighten{4, &measured});
    EXPECT_EQ(measured, 2);
    EXPECT_EQ(trace.size(), 2);

    const SegmentRef no_media{
        ref.info, []() -> const Segment& { throw TraceError("offline", "no media", ""); }};
    Lab warm(no_media, fake.instruments, trace);
    EXPECT_EQ(warm.take(Brighten{3, &measured})->mean, first->mean);
    EXPECT_EQ(measured, 2);
    EXPECT_THROW(warm.take(Brighten{5, &measured}), TraceError);
}

TEST_F(QueryTest, AValueThatDoesNotReadBackIsAFaultOfTheTrace) {
    Lab(ref, fake.instruments, trace).take(Impostor{{3, &measured}});
    EXPECT_THAT(
        [&] {
            Lab(ref, fake.instruments, trace).take(Brighten{3, &measured});
        },
        ThrowsMessage<TraceError>(HasSubstr("a.trace: holds a malformed value (it ends early)")));
    EXPECT_EQ(measured, 0);
}

/// The same key under another name is another measurement.
struct Darkness : Brighten {
    static constexpr const char* kName = "darkness";
    Brightness measure(Lab& lab) const { return {255 - Brighten::measure(lab).mean}; }
};

TEST_F(QueryTest, KindsAreToldApartByName) {
    Lab lab(ref, fake.instruments, trace);
    const double bright = lab.take(Brighten{0, &measured})->mean;
    const double dark = lab.take(Darkness{{0, &measured}})->mean;
    EXPECT_EQ(bright + dark, 255);
    EXPECT_NE(bright, dark);
    EXPECT_EQ(trace.size(), 2);
}

}  // namespace
}  // namespace oneadapt::test
