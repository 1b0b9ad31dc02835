#include <cmath>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/errors.hpp"
#include "support/temp_folder.hpp"
#include "testbed/link.hpp"
#include "testbed/series.hpp"

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

TEST(Series, ConstantRateFinishesAfterBitsOverRate) {
    const auto rate = Series::constant(8, uplink_series());  // 1 MB/s
    EXPECT_NEAR(rate.reach({3.25}, 500'000).value, 3.75, 1e-9);
    EXPECT_NEAR(rate.amount({0.5}, {7.5}), 7e6, 1e-3);
    EXPECT_EQ(rate.reach({3.25}, 0).value, 3.25);
}

TEST(Series, CsvIsPiecewiseConstantAndRepeats) {
    const TempFolder folder;
    const auto rate = Series::csv(file_with(folder, "l.csv", "seconds,mbps\n0,8\n1,0\n3,16\n4,0\n"),
                                  uplink_series());
    EXPECT_NEAR(rate.reach({0}, 1'000'000).value, 1.0, 1e-9);
    EXPECT_NEAR(rate.reach({0.5}, 1'000'000).value, 3.25, 1e-9);  // waits while the link is down
    EXPECT_NEAR(rate.reach({0}, 3'000'000 + 500'000).value, 4.5, 1e-9);
    EXPECT_NEAR(rate.amount({0}, {40}), 30e6, 1);
}

TEST(Series, JustBeforeItRepeatsItHasCarriedAllOfItsRounds) {
    const TempFolder folder;
    const auto rate = Series::csv(file_with(folder, "l.csv", "seconds,mbps\n0,8\n0.3,8\n0.7,0\n"),
                                  uplink_series());
    for (int round = 1; round < 2000; ++round) {
        const double before = std::nextafter(round * 0.7, 0);
        EXPECT_NEAR(rate.amount({0}, {before}), 1e6 * before, 1e-3) << round;
    }
}

TEST(Series, MahimahiCarriesOnePacketPerLine) {
    const TempFolder folder;
    const auto rate = Series::mahimahi(file_with(folder, "m", "10\n10\n20\n"));
    EXPECT_NEAR(rate.amount({0}, {0.02}), 4500, 1e-6);
    EXPECT_NEAR(rate.reach({0}, 3000).value, 0.010, 1e-9);
    EXPECT_NEAR(rate.reach({0}, 3001).value, 0.019, 1e-5);
    EXPECT_NEAR(rate.reach({0.012}, 1500).value, 0.020, 1e-9);
    EXPECT_NEAR(rate.amount({0}, {2.0}), 450'000, 1e-3);
}

TEST(Series, AByteOrderMarkIsNoPartOfATrace) {
    const TempFolder folder;
    const auto same = [&](const char* name, const std::string& text) {
        const auto parse = [&](const std::string& written) {
            return Series::parse(file_with(folder, name, written).string(), uplink_series());
        };
        const auto plain = parse(text);
        const auto read = parse(std::string("\xEF\xBB\xBF") + text);
        EXPECT_EQ(read.reach({0}, 500'000).value, plain.reach({0}, 500'000).value) << text;
        return read;
    };
    EXPECT_NEAR(same("l.csv", "seconds,mbps\r\n0,2\r\n5,1\r\n10,0\r\n").amount({0}, {10}),
                1'875'000, 1e-3);
    same("l.csv", "0,2\n5,0\n");
    EXPECT_NEAR(same("m", "10\r\n20\r\n").amount({0}, {0.02}), 3000, 1e-6);
}

TEST(Series, FinishInvertsCapacity) {
    const TempFolder folder;
    const auto rate = Series::csv(file_with(folder, "l.csv", "0,3\n0.7,11\n1.9,0.5\n2.3,6\n5,0\n"),
                                  uplink_series());
    for (const double start : {0.0, 0.3, 2.0, 4.9, 17.2}) {
        for (const std::int64_t bytes : {1L, 1000L, 777'777L, 5'000'000L}) {
            const SimSeconds end = rate.reach({start}, static_cast<double>(bytes));
            EXPECT_NEAR(rate.amount({start}, end), static_cast<double>(bytes), 1e-3);
        }
    }
}

TEST(Series, EachMalformedTraceHasItsOwnMessage) {
    const TempFolder folder;
    const auto refuses = [&](const char* name, const char* text, const char* message) {
        const auto file = file_with(folder, name, text);
        EXPECT_THAT([&] { Series::parse(file.string(), uplink_series()); },
                    ThrowsMessage<InputError>(HasSubstr(message)))
            << text;
    };
    refuses("a.csv", "", "fewer than two rows");
    refuses("a.csv", "0,5\n", "fewer than two rows");
    refuses("a.csv", "1,5\n2,5\n", "a.csv:1: the trace does not start at 0");
    refuses("a.csv", "0,5\n2\n", "a.csv:2: is not two columns");
    refuses("a.csv", "0,5\n2,5,6\n", "a.csv:2: is not two columns");
    refuses("a.csv", "0,5\nx,5\n", "a.csv:2: 'x' is not a number");
    refuses("a.csv", "0,5\n1,-5\n", "a.csv:2: the value is negative");
    refuses("a.csv", "0,5\n2,5\n2,6\n", "a.csv:3: 2 s comes after 2 s");
    refuses("a.csv", "0,0\n2,5\n", "has next to nothing but zeros");
    refuses("a.csv", "0,1e308\n1,5\n", "a.csv:1: is out of range");
    refuses("a.csv", "0,5\n1e300,5\n", "a.csv:2: is out of range");
    refuses("m", "5\n9000000000000000000\n", "m:2: 9000000000000000000 ms is out of range");
    refuses("m", "", "is empty");
    refuses("m", "5\nx\n", "m:2: 'x' is not a millisecond");
    refuses("m", "5\n-1\n", "m:2: '-1' is not a millisecond");
    refuses("m", "5\n\n6\n", "m:2: the line is empty");
    refuses("m", "5\n4\n", "m:2: 4 comes after 5");
    refuses("m", "0\n", "lasts 0 ms");
    EXPECT_THAT(
        [&] { Series::parse((folder / "none").string(), uplink_series()); },
        ThrowsMessage<InputError>(HasSubstr("none: does not exist; name a Mahimahi trace")));
    EXPECT_THROW(Series::parse("0", uplink_series()), UsageError);
    EXPECT_THROW(Series::parse("-3", uplink_series()), UsageError);
}

TEST(Series, MarkovIsTheSameForTheSameSeedAndKeepsItsMeans) {
    const auto rate = [](const char* text) { return Series::parse(text, uplink_series()); };
    const auto one = rate("markov:16,0,3,1,7");
    const auto same = rate("markov:16,0,3,1,7");
    const auto other = rate("markov:16,0,3,1,8");
    EXPECT_EQ(one.amount({0}, {100}), same.amount({0}, {100}));
    EXPECT_NE(one.amount({0}, {100}), other.amount({0}, {100}));
    // Three quarters of the hour at 2 MB/s.
    EXPECT_NEAR(one.amount({0}, {3600}) / (0.75 * 3600 * 2e6), 1, 0.1);
    for (const char* text :
         {"markov:1,2,3,4", "markov:1,2,3,4,5,6", "markov:-1,2,3,4,5", "markov:1,2,0,4,5",
          "markov:1,2,3,4,0.5", "markov:0,0,3,4,5", "markov:8,2,1e308,5,1", "markov:1e300,0,5,5,1",
          "markov:1e-300,0,5,5,1", "markov:0,8,1e6,1,1", "markov:nan,2,3,4,5"}) {
        EXPECT_THROW(rate(text), UsageError) << text;
    }
}

TEST(Series, SlowdownStretchesWork) {
    const TempFolder folder;
    const auto speed =
        Series::parse(file_with(folder, "s.csv", "seconds,slowdown\n0,1\n1,2\n3,1\n4,1\n").string(),
                      speed_series());
    EXPECT_NEAR(speed.reach({0}, 0.5).value, 0.5, 1e-9);
    EXPECT_NEAR(speed.reach({0.5}, 1).value, 2, 1e-9);  // half by 1, the rest at half speed
    EXPECT_THROW(Series::parse(file_with(folder, "z.csv", "0,0\n1,1\n").string(), speed_series()),
                 InputError);
    EXPECT_THROW(Series::parse((folder / "packets").string(), speed_series()), InputError);
}

TEST(Series, PowerIsEnergyOverTime) {
    EXPECT_NEAR(Series::parse("30", idle_series()).amount({2}, {4.5}), 75, 1e-9);
    const Series nothing = Series::parse("0", idle_series());
    EXPECT_EQ(nothing.amount({2}, {4.5}), 0);
    EXPECT_TRUE(std::isinf(nothing.reach({2}, 1).value)) << "what never comes is never reached";
}

TEST(Queue, QueuesWhatIsSentWhileItIsBusy) {
    const std::optional<Series> rate = Series::constant(8, uplink_series());
    Queue queue(rate, {0.1});
    EXPECT_NEAR(queue.send({1.0}, 1'000'000).value, 2.0, 1e-9);
    EXPECT_NEAR(queue.send({1.5}, 1'000'000).value, 3.0, 1e-9);
    EXPECT_NEAR(queue.send({9.0}, 1'000'000).value, 10.0, 1e-9);
    EXPECT_EQ(queue.latency().value, 0.1);
}

TEST(Queue, WithoutARateCarriesAtOnce) {
    const std::optional<Series> none;
    EXPECT_NEAR(Queue(none, {0.03}).send({1.0}, 1'000'000'000).value, 1.0, 1e-12);
}

TEST(Monitor, SeesAQueueOnlyAboveTheRate) {
    const std::optional<Series> rate = Series::constant(8, uplink_series());
    Monitor monitor(rate);
    for (const LinkTick& tick : monitor.watch({0}, {1}, 900'000)) {
        EXPECT_NEAR(tick.queued_bytes, 0, 1e-6);
        EXPECT_NEAR(tick.sent_bytes, 90'000, 1e-6);
    }
    const auto& ticks = monitor.watch({1}, {1}, 1'500'000);
    EXPECT_EQ(ticks.size(), 10U);
    EXPECT_NEAR(ticks.back().queued_bytes, 500'000, 1e-3);
    const std::optional<Series> none;
    EXPECT_TRUE(Monitor(none).watch({0}, {1}, 1000).empty());
}

}  // namespace
}  // namespace oneadapt
