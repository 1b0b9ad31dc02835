#include "testbed/series.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <limits>
#include <random>
#include <sstream>
#include <utility>

#include <fmt/format.h>

#include "knobs/configuration.hpp"
#include "support/errors.hpp"
#include "support/input_file.hpp"

namespace oneadapt {
namespace {

constexpr double kBytesPerMegabit = 1e6 / 8.0;
constexpr double kPacketBytes = 1500.0;  // Mahimahi's fixed packet size
constexpr double kLongestSeconds = 1e9;  // thirty years: what is worked out stays exact enough

double as_bytes(double mbps) {
    return mbps * kBytesPerMegabit;
}
double as_speed(double slowdown) {
    return 1.0 / slowdown;
}
double as_it_is(double written) {
    return written;
}

std::string ways(const SeriesKind& kind) {
    return fmt::format("name {}a seconds,{} CSV, or a number of {}",
                       kind.packets ? "a Mahimahi trace, " : "", kind.column, kind.unit);
}

std::istringstream open_trace(const std::filesystem::path& file, const SeriesKind& kind) {
    return std::istringstream(read_text(file, FileRole::input, ways(kind)));
}

std::string place(const std::filesystem::path& file, int line) {
    return fmt::format("{}:{}", file.string(), line);
}

std::string_view trimmed(std::string_view text) {
    const auto blank = [](char c) { return std::isspace(static_cast<unsigned char>(c)) != 0; };
    while (!text.empty() && blank(text.front())) text.remove_prefix(1);
    while (!text.empty() && blank(text.back())) text.remove_suffix(1);
    return text;
}

double csv_number(std::string_view text, const std::string& where, const char* column) {
    double value = 0;
    text = trimmed(text);
    const char* end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, value);
    if (text.empty() || error != std::errc{} || stop != end || !std::isfinite(value)) {
        throw InputError(where, fmt::format("'{}' is not a number", text),
                         fmt::format("write {} as a decimal number", column));
    }
    return value;
}

struct CsvRow {
    double seconds;
    double rate;
};

CsvRow read_csv_row(std::string_view text, const std::string& where, const SeriesKind& kind) {
    const std::size_t comma = text.find(',');
    if (comma == std::string_view::npos || text.find(',', comma + 1) != std::string_view::npos) {
        throw InputError(where, "is not two columns", fmt::format("write seconds,{}", kind.column));
    }
    const double seconds = csv_number(text.substr(0, comma), where, "seconds");
    const double written = csv_number(text.substr(comma + 1), where, kind.column);
    if (written < 0) {
        throw InputError(where, "the value is negative",
                         fmt::format("write 0 or more {}", kind.unit));
    }
    if (written > kind.highest || seconds > kLongestSeconds) {
        throw InputError(where, "is out of range",
                         fmt::format("write at most {} seconds and {} {}", kLongestSeconds,
                                     kind.highest, kind.unit));
    }
    const double rate = kind.rate(written);
    if (!std::isfinite(rate)) {
        throw InputError(where, fmt::format("{} {} cannot be", written, kind.unit),
                         fmt::format("write more than 0 {}", kind.unit));
    }
    return {seconds, rate};
}

/// Whether a mean lies below every constant that may be written.
bool next_to_nothing(double sum, double seconds, const SeriesKind& kind) {
    return sum < std::min(kind.rate(kind.lowest), kind.rate(kind.highest)) * seconds;
}

struct TwoStates {
    std::array<double, 2> rates;
    std::array<double, 2> seconds;  ///< mean lengths
    std::uint32_t seed;
};

std::string place_of(std::string_view markov, const SeriesKind& kind) {
    return fmt::format("{} markov:{}", kind.option, markov);
}

TwoStates read_states(std::string_view text, const SeriesKind& kind) {
    constexpr double kShortest = 0.01;
    constexpr double kLongest = 1e6;
    const std::string where = place_of(text, kind);
    std::vector<double> fields;
    for (std::size_t from = 0; from <= text.size();) {
        const std::size_t comma = std::min(text.find(',', from), text.size());
        fields.push_back(parse_number(text.substr(from, comma - from), where));
        from = comma + 1;
    }
    const auto state = [&](double written) {
        return written >= 0 && written <= kind.highest && std::isfinite(kind.rate(written));
    };
    const auto length = [&](double seconds) { return seconds >= kShortest && seconds <= kLongest; };
    if (fields.size() != 5 || !state(fields[0]) || !state(fields[1]) || !length(fields[2]) ||
        !length(fields[3]) || fields[4] < 0 || fields[4] > 4294967295.0 ||
        fields[4] != std::floor(fields[4])) {
        throw UsageError(
            where, "is not two states, their lengths and a seed",
            fmt::format("write e.g. markov:8,2,20,5,1: states of at most {} {}, mean seconds from "
                        "{} to {}, a whole seed",
                        kind.highest, kind.unit, kShortest, kLongest));
    }
    return {.rates = {kind.rate(fields[0]), kind.rate(fields[1])},
            .seconds = {fields[2], fields[3]},
            .seed = static_cast<std::uint32_t>(fields[4])};
}

}  // namespace

const SeriesKind& uplink_series() {
    static const SeriesKind kind{"--link", "mbps", "Mbit/s", as_bytes, 1e-6, 1e9, true};
    return kind;
}

const SeriesKind& downlink_series() {
    static const SeriesKind kind{"--downlink", "mbps", "Mbit/s", as_bytes, 1e-6, 1e9, true};
    return kind;
}

const SeriesKind& speed_series() {
    static const SeriesKind kind{"--slowdown", "slowdown", "times slower", as_speed,
                                 1e-3,         1e6,        false};
    return kind;
}

const SeriesKind& idle_series() {
    static const SeriesKind kind{"--idle-power", "watts", "watts", as_it_is, 0, 1e6, false};
    return kind;
}

Series::Series(std::vector<Point> points) : points_(std::move(points)) {}

Series Series::constant(double written, const SeriesKind& kind) {
    if (!(written >= kind.lowest && written <= kind.highest)) {
        throw UsageError(kind.option, fmt::format("{} {} is not a rate", written, kind.unit),
                         fmt::format("give a number from {} to {}", kind.lowest, kind.highest));
    }
    return Series({{0, 0}, {1, kind.rate(written)}});
}

Series Series::pieces(const std::vector<SeriesPiece>& pieces) {
    std::vector<Point> points = {{0, 0}};
    for (const SeriesPiece& piece : pieces) {
        const Point& last = points.back();
        points.push_back({last.seconds + piece.seconds, last.sum + piece.rate * piece.seconds});
    }
    return Series(std::move(points));
}

Series Series::markov(std::string_view text, const SeriesKind& kind) {
    constexpr double kSeconds = 3600;
    const TwoStates states = read_states(text, kind);
    std::mt19937 bits(states.seed);
    std::vector<Point> points = {{0, 0}};
    for (std::size_t state = 0; points.back().seconds < kSeconds; state = 1 - state) {
        // Distributions of the standard library differ from one to another; this does not.
        const double uniform = (static_cast<double>(bits()) + 0.5) / 4294967296.0;
        const double seconds = -std::log(uniform) * states.seconds.at(state);
        points.push_back({points.back().seconds + seconds,
                          points.back().sum + states.rates.at(state) * seconds});
    }
    if (next_to_nothing(points.back().sum, points.back().seconds, kind)) {
        throw UsageError(place_of(text, kind), "has next to nothing but zeros in its hour",
                         fmt::format("let its mean be at least {} {}", kind.lowest, kind.unit));
    }
    return Series(std::move(points));
}

Series Series::mahimahi(const std::filesystem::path& file) {
    std::istringstream in = open_trace(file, uplink_series());
    std::vector<Point> points = {{0, 0}};
    std::string text;
    std::int64_t last = -1;
    for (int line = 1; std::getline(in, text); ++line) {
        const std::string where = place(file, line);
        const std::string_view word = trimmed(text);
        std::int64_t ms = 0;
        const auto [stop, error] = std::from_chars(word.data(), word.data() + word.size(), ms);
        if (word.empty()) throw InputError(where, "the line is empty", "delete it");
        if (error != std::errc{} || stop != word.data() + word.size() || ms < 0) {
            throw InputError(where, fmt::format("'{}' is not a millisecond", word),
                             "write one whole number of 0 or more per line");
        }
        if (static_cast<double>(ms) > kLongestSeconds * 1000) {
            throw InputError(where, fmt::format("{} ms is out of range", ms),
                             fmt::format("a trace lasts at most {} seconds", kLongestSeconds));
        }
        if (ms < last) {
            throw InputError(where, fmt::format("{} comes after {}", ms, last),
                             "sort the time stamps in ascending order");
        }
        // An opportunity at 0 ms is carried by the first millisecond.
        const double end = static_cast<double>(std::max<std::int64_t>(ms, 1)) / 1000.0;
        if (points.back().seconds < end - 0.0015) {
            points.push_back({end - 0.001, points.back().sum});
        }
        if (points.back().seconds < end - 0.0005) points.push_back({end, points.back().sum});
        points.back().sum += kPacketBytes;
        last = ms;
    }
    if (last < 0) throw InputError(file.string(), "the trace is empty", "record one");
    if (last == 0) {
        throw InputError(place(file, 1), "the trace lasts 0 ms", "its last line must be above 0");
    }
    return Series(std::move(points));
}

Series Series::csv(const std::filesystem::path& file, const SeriesKind& kind) {
    std::istringstream in = open_trace(file, kind);
    std::vector<Point> points;
    std::string text;
    CsvRow last{0, 0};
    for (int line = 1; std::getline(in, text); ++line) {
        const bool header = line == 1 && trimmed(text) == fmt::format("seconds,{}", kind.column);
        if (header || trimmed(text).empty()) continue;
        const std::string where = place(file, line);
        const CsvRow row = read_csv_row(text, where, kind);
        if (points.empty()) {
            if (row.seconds != 0) {
                throw InputError(where, "the trace does not start at 0 seconds",
                                 fmt::format("let the first row be 0,{}", kind.column));
            }
            points.push_back({0, 0});
        } else {
            if (row.seconds <= last.seconds) {
                throw InputError(where,
                                 fmt::format("{} s comes after {} s", row.seconds, last.seconds),
                                 "sort the rows by strictly ascending seconds");
            }
            points.push_back(
                {row.seconds, points.back().sum + last.rate * (row.seconds - last.seconds)});
        }
        last = row;
    }
    if (points.size() < 2) {
        throw InputError(file.string(), "the trace has fewer than two rows",
                         fmt::format("write at least 0,{} and a closing row", kind.column));
    }
    if (next_to_nothing(points.back().sum, points.back().seconds, kind)) {
        throw InputError(file.string(), "the trace has next to nothing but zeros",
                         fmt::format("let its mean be at least {} {}", kind.lowest, kind.unit));
    }
    return Series(std::move(points));
}

Series Series::parse(const std::string& text, const SeriesKind& kind) {
    constexpr std::string_view kMarkov = "markov:";
    const bool number =
        !text.empty() && text.find_first_not_of("0123456789.eE+-") == std::string::npos;
    if (number) return constant(parse_number(text, kind.option), kind);
    if (text.starts_with(kMarkov)) {
        return markov(std::string_view(text).substr(kMarkov.size()), kind);
    }
    const bool packets = kind.packets && std::filesystem::path(text).extension() != ".csv";
    return packets ? mahimahi(text) : csv(text, kind);
}

double Series::cumulative(double seconds) const {
    const Point& period = points_.back();
    const double rounds = std::floor(seconds / period.seconds);
    // A quotient that was rounded up to a whole number leaves a little less than nothing.
    const double inside = std::max(0.0, seconds - rounds * period.seconds);
    const auto after = std::ranges::upper_bound(points_, inside, {}, &Point::seconds);
    const Point& b = after == points_.end() ? points_.back() : *after;
    const Point& a = *std::prev(after == points_.end() ? std::prev(points_.end()) : after);
    const double share = (inside - a.seconds) / (b.seconds - a.seconds);
    return rounds * period.sum + a.sum + share * (b.sum - a.sum);
}

double Series::amount(SimSeconds start, SimSeconds end) const {
    return cumulative(end.value) - cumulative(start.value);
}

SimSeconds Series::reach(SimSeconds start, double amount) const {
    if (amount <= 0) return start;
    const Point& period = points_.back();
    if (period.sum <= 0) return {std::numeric_limits<double>::infinity()};
    const double target = cumulative(start.value) + amount;
    double rounds = std::floor(target / period.sum);
    double inside = target - rounds * period.sum;
    if (inside <= 0) {  // the target is met at the very end of a round
        rounds -= 1;
        inside = period.sum;
    }
    const auto after = std::ranges::lower_bound(points_, inside, {}, &Point::sum);
    const Point& b = after == points_.end() ? points_.back() : *after;
    const Point& a = *std::prev(after == points_.end() ? std::prev(points_.end()) : after);
    const double share = (inside - a.sum) / (b.sum - a.sum);
    const double seconds = rounds * period.seconds + a.seconds + share * (b.seconds - a.seconds);
    return {std::max(seconds, start.value)};
}

}  // namespace oneadapt
