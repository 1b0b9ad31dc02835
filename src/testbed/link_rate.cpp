#include "testbed/link_rate.hpp"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cmath>
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

// From a bit a second to a petabit, for thirty years: what is worked out stays exact enough.
constexpr double kLowestMbps = 1e-6;
constexpr double kHighestMbps = 1e9;
constexpr double kLongestSeconds = 1e9;

std::istringstream open_trace(const std::filesystem::path& file) {
    return std::istringstream(read_text(
        file, FileRole::input, "name a Mahimahi trace, a seconds,mbps CSV, or a number of Mbit/s"));
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
    double mbps;
};

CsvRow read_csv_row(std::string_view text, const std::string& where) {
    const std::size_t comma = text.find(',');
    if (comma == std::string_view::npos || text.find(',', comma + 1) != std::string_view::npos) {
        throw InputError(where, "is not two columns", "write seconds,mbps");
    }
    const CsvRow row{csv_number(text.substr(0, comma), where, "seconds"),
                     csv_number(text.substr(comma + 1), where, "mbps")};
    if (row.mbps < 0) throw InputError(where, "the rate is negative", "write 0 or more Mbit/s");
    if (row.mbps > kHighestMbps || row.seconds > kLongestSeconds) {
        throw InputError(
            where, "is out of range",
            fmt::format("write at most {} seconds and {} Mbit/s", kLongestSeconds, kHighestMbps));
    }
    return row;
}

}  // namespace

LinkRate::LinkRate(std::vector<Point> points) : points_(std::move(points)) {}

LinkRate LinkRate::constant(double mbps) {
    if (!(mbps >= kLowestMbps && mbps <= kHighestMbps)) {
        throw UsageError("--link", fmt::format("{} Mbit/s is not a rate", mbps),
                         fmt::format("give a number from {} to {}", kLowestMbps, kHighestMbps));
    }
    return LinkRate({{0, 0}, {1, mbps * kBytesPerMegabit}});
}

LinkRate LinkRate::mahimahi(const std::filesystem::path& file) {
    std::istringstream in = open_trace(file);
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
            points.push_back({end - 0.001, points.back().bytes});
        }
        if (points.back().seconds < end - 0.0005) points.push_back({end, points.back().bytes});
        points.back().bytes += kPacketBytes;
        last = ms;
    }
    if (last < 0) throw InputError(file.string(), "the link trace is empty", "record one");
    if (last == 0) {
        throw InputError(place(file, 1), "the trace lasts 0 ms", "its last line must be above 0");
    }
    return LinkRate(std::move(points));
}

LinkRate LinkRate::csv(const std::filesystem::path& file) {
    std::istringstream in = open_trace(file);
    std::vector<Point> points;
    std::string text;
    CsvRow last{0, 0};
    for (int line = 1; std::getline(in, text); ++line) {
        const bool header = line == 1 && trimmed(text) == "seconds,mbps";
        if (header || trimmed(text).empty()) continue;
        const std::string where = place(file, line);
        const CsvRow row = read_csv_row(text, where);
        if (points.empty()) {
            if (row.seconds != 0) {
                throw InputError(where, "the trace does not start at 0 seconds",
                                 "let the first row be 0,mbps");
            }
            points.push_back({0, 0});
        } else {
            if (row.seconds <= last.seconds) {
                throw InputError(where,
                                 fmt::format("{} s comes after {} s", row.seconds, last.seconds),
                                 "sort the rows by strictly ascending seconds");
            }
            const double bytes = last.mbps * kBytesPerMegabit * (row.seconds - last.seconds);
            points.push_back({row.seconds, points.back().bytes + bytes});
        }
        last = row;
    }
    if (points.size() < 2) {
        throw InputError(file.string(), "the link trace has fewer than two rows",
                         "write at least 0,mbps and a closing row");
    }
    if (points.back().bytes < kLowestMbps * kBytesPerMegabit * points.back().seconds) {
        throw InputError(file.string(), "the link never carries anything",
                         fmt::format("its mean must be at least {} Mbit/s", kLowestMbps));
    }
    return LinkRate(std::move(points));
}

LinkRate LinkRate::parse(const std::string& text) {
    const bool number =
        !text.empty() && text.find_first_not_of("0123456789.eE+-") == std::string::npos;
    if (number) return constant(parse_number(text, "--link"));
    return std::filesystem::path(text).extension() == ".csv" ? csv(text) : mahimahi(text);
}

double LinkRate::cumulative(double seconds) const {
    const Point& period = points_.back();
    const double rounds = std::floor(seconds / period.seconds);
    const double inside = seconds - rounds * period.seconds;
    const auto after = std::ranges::upper_bound(points_, inside, {}, &Point::seconds);
    const Point& b = after == points_.end() ? points_.back() : *after;
    const Point& a = *std::prev(after == points_.end() ? std::prev(points_.end()) : after);
    const double share = (inside - a.seconds) / (b.seconds - a.seconds);
    return rounds * period.bytes + a.bytes + share * (b.bytes - a.bytes);
}

double LinkRate::capacity(SimSeconds start, SimSeconds end) const {
    return cumulative(end.value) - cumulative(start.value);
}

SimSeconds LinkRate::finish(SimSeconds start, std::int64_t bytes) const {
    if (bytes <= 0) return start;
    const Point& period = points_.back();
    const double target = cumulative(start.value) + static_cast<double>(bytes);
    double rounds = std::floor(target / period.bytes);
    double inside = target - rounds * period.bytes;
    if (inside <= 0) {  // the target is met at the very end of a round
        rounds -= 1;
        inside = period.bytes;
    }
    const auto after = std::ranges::lower_bound(points_, inside, {}, &Point::bytes);
    const Point& b = after == points_.end() ? points_.back() : *after;
    const Point& a = *std::prev(after == points_.end() ? std::prev(points_.end()) : after);
    const double share = (inside - a.bytes) / (b.bytes - a.bytes);
    const double seconds = rounds * period.seconds + a.seconds + share * (b.seconds - a.seconds);
    return {std::max(seconds, start.value)};
}

}  // namespace oneadapt
