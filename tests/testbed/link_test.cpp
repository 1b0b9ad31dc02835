#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/errors.hpp"
#include "support/temp_folder.hpp"
#include "testbed/link_rate.hpp"
#include "testbed/uplink.hpp"

namespace oneadapt {
namespace {

using test::TempFolder;
using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

std::filesystem::path file_with(const TempFolder& folder, const std::string& name,
                                const std::string& text) {
    std::ofstream(folder / name) << text;
    return folder / name;
}

TEST(LinkRate, ConstantRateFinishesAfterBitsOverRate) {
    const auto rate = LinkRate::constant(8);  // 1 MB/s
    EXPECT_NEAR(rate.finish({3.25}, 500'000).value, 3.75, 1e-9);
    EXPECT_NEAR(rate.capacity({0.5}, {7.5}), 7e6, 1e-3);
    EXPECT_EQ(rate.finish({3.25}, 0).value, 3.25);
}

TEST(LinkRate, CsvIsPiecewiseConstantAndRepeats) {
    const TempFolder folder;
    const auto rate =
        LinkRate::csv(file_with(folder, "l.csv", "seconds,mbps\n0,8\n1,0\n3,16\n4,0\n"));
    EXPECT_NEAR(rate.finish({0}, 1'000'000).value, 1.0, 1e-9);
    EXPECT_NEAR(rate.finish({0.5}, 1'000'000).value, 3.25, 1e-9);  // waits while the link is down
    EXPECT_NEAR(rate.finish({0}, 3'000'000 + 500'000).value, 4.5, 1e-9);
    EXPECT_NEAR(rate.capacity({0}, {40}), 30e6, 1);
}

TEST(LinkRate, MahimahiCarriesOnePacketPerLine) {
    const TempFolder folder;
    const auto rate = LinkRate::mahimahi(file_with(folder, "m", "10\n10\n20\n"));
    EXPECT_NEAR(rate.capacity({0}, {0.02}), 4500, 1e-6);
    EXPECT_NEAR(rate.finish({0}, 3000).value, 0.010, 1e-9);
    EXPECT_NEAR(rate.finish({0}, 3001).value, 0.019, 1e-5);
    EXPECT_NEAR(rate.finish({0.012}, 1500).value, 0.020, 1e-9);
    EXPECT_NEAR(rate.capacity({0}, {2.0}), 450'000, 1e-3);
}

TEST(LinkRate, AByteOrderMarkIsNoPartOfATrace) {
    const TempFolder folder;
    const auto same = [&](const char* name, const std::string& text) {
        const auto plain = LinkRate::parse(file_with(folder, name, text).string());
        const std::string marked = std::string("\xEF\xBB\xBF") + text;
        const auto read = LinkRate::parse(file_with(folder, name, marked).string());
        EXPECT_EQ(read.finish({0}, 500'000).value, plain.finish({0}, 500'000).value) << text;
        return read;
    };
    EXPECT_NEAR(same("l.csv", "seconds,mbps\r\n0,2\r\n5,1\r\n10,0\r\n").capacity({0}, {10}),
                1'875'000, 1e-3);
    same("l.csv", "0,2\n5,0\n");
    EXPECT_NEAR(same("m", "10\r\n20\r\n").capacity({0}, {0.02}), 3000, 1e-6);
}

TEST(LinkRate, FinishInvertsCapacity) {
    const TempFolder folder;
    const auto rate =
        LinkRate::csv(file_with(folder, "l.csv", "0,3\n0.7,11\n1.9,0.5\n2.3,6\n5,0\n"));
    for (const double start : {0.0, 0.3, 2.0, 4.9, 17.2}) {
        for (const std::int64_t bytes : {1L, 1000L, 777'777L, 5'000'000L}) {
            const SimSeconds end = rate.finish({start}, bytes);
            EXPECT_NEAR(rate.capacity({start}, end), static_cast<double>(bytes), 1e-3);
        }
    }
}

TEST(LinkRate, EachMalformedTraceHasItsOwnMessage) {
    const TempFolder folder;
    const auto refuses = [&](const char* name, const char* text, const char* message) {
        const auto file = file_with(folder, name, text);
        EXPECT_THAT([&] { LinkRate::parse(file.string()); },
                    ThrowsMessage<InputError>(HasSubstr(message)))
            << text;
    };
    refuses("a.csv", "", "fewer than two rows");
    refuses("a.csv", "0,5\n", "fewer than two rows");
    refuses("a.csv", "1,5\n2,5\n", "a.csv:1: the trace does not start at 0");
    refuses("a.csv", "0,5\n2\n", "a.csv:2: is not two columns");
    refuses("a.csv", "0,5\n2,5,6\n", "a.csv:2: is not two columns");
    refuses("a.csv", "0,5\nx,5\n", "a.csv:2: 'x' is not a number");
    refuses("a.csv", "0,5\n1,-5\n", "a.csv:2: the rate is negative");
    refuses("a.csv", "0,5\n2,5\n2,6\n", "a.csv:3: 2 s comes after 2 s");
    refuses("a.csv", "0,0\n2,5\n", "never carries anything");
    refuses("m", "", "is empty");
    refuses("m", "5\nx\n", "m:2: 'x' is not a millisecond");
    refuses("m", "5\n-1\n", "m:2: '-1' is not a millisecond");
    refuses("m", "5\n\n6\n", "m:2: the line is empty");
    refuses("m", "5\n4\n", "m:2: 4 comes after 5");
    refuses("m", "0\n", "lasts 0 ms");
    EXPECT_THAT(
        [&] { LinkRate::parse((folder / "none").string()); },
        ThrowsMessage<InputError>(HasSubstr("none: does not exist; name a Mahimahi trace")));
    EXPECT_THROW(LinkRate::parse("0"), UsageError);
    EXPECT_THROW(LinkRate::parse("-3"), UsageError);
}

TEST(Uplink, QueuesWhatIsSentWhileItIsBusy) {
    Uplink uplink(LinkRate::constant(8), {0.1});
    EXPECT_NEAR(uplink.send({1.0}, 1'000'000).value, 2.1, 1e-9);
    EXPECT_NEAR(uplink.send({1.5}, 1'000'000).value, 3.1, 1e-9);
    EXPECT_NEAR(uplink.send({9.0}, 1'000'000).value, 10.1, 1e-9);
}

TEST(Uplink, MonitorSeesAQueueOnlyAboveTheRate) {
    Uplink uplink(LinkRate::constant(8), {0});
    for (const LinkTick& tick : uplink.watch({0}, {1}, 900'000)) {
        EXPECT_NEAR(tick.queued_bytes, 0, 1e-6);
        EXPECT_NEAR(tick.sent_bytes, 90'000, 1e-6);
    }
    const auto& ticks = uplink.watch({1}, {1}, 1'500'000);
    EXPECT_EQ(ticks.size(), 10U);
    EXPECT_NEAR(ticks.back().queued_bytes, 500'000, 1e-3);
}

TEST(Uplink, WithoutARateCarriesAtOnce) {
    Uplink uplink(std::nullopt, {0.03});
    EXPECT_NEAR(uplink.send({1.0}, 1'000'000'000).value, 1.03, 1e-12);
    EXPECT_TRUE(uplink.watch({0}, {1}, 1000).empty());
}

}  // namespace
}  // namespace oneadapt
