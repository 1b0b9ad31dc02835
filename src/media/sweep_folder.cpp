#include "media/sweep_folder.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <sstream>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "support/errors.hpp"
#include "support/input_file.hpp"
#include "support/text.hpp"

namespace oneadapt {
namespace {

namespace fs = std::filesystem;

constexpr double kDefaultRate = 10;  ///< sweeps per second
constexpr const char* kTimesName = "timestamps.txt";

/// Refuses what cannot be a sweep that was recorded.
void check_sweep(const fs::path& file) {
    check_regular(file, FileRole::input, "put the sweep there, or remove it");
    std::error_code unreadable;  // who reads it says why
    if (fs::file_size(file, unreadable) != 0) return;
    throw InputError(file.string(), "has no bytes, as after a copy that broke off",
                     "copy it again, or remove it: a sweep that is not there counts as lost");
}

std::vector<fs::path> list_sweeps(const fs::path& folder) {
    std::error_code failed;
    if (!fs::exists(folder, failed)) {
        throw InputError(folder.string(), "does not exist", "check the path");
    }
    const fs::directory_iterator entries(folder, failed);
    if (failed) {
        throw InputError(folder.string(),
                         fmt::format("cannot be read as a folder ({})", failed.message()),
                         "a LiDAR clip is a folder of .bin or .pcd files, one for each sweep");
    }
    std::vector<fs::path> sweeps;
    for (const auto& entry : entries) {
        const fs::path extension = entry.path().extension();
        if (extension != ".bin" && extension != ".pcd") continue;
        check_sweep(entry.path());
        sweeps.push_back(entry.path());
    }
    if (sweeps.empty()) {
        throw InputError(folder.string(), "has no sweeps",
                         "a LiDAR clip is a folder of .bin or .pcd files, one for each sweep");
    }
    std::ranges::sort(sweeps, [](const fs::path& a, const fs::path& b) {
        const std::string& left = a.native();
        const std::string& right = b.native();
        return left.size() != right.size() ? left.size() < right.size() : left < right;
    });
    const auto other = std::ranges::find_if(sweeps, [&](const fs::path& sweep) {
        return sweep.extension() != sweeps.front().extension();
    });
    if (other != sweeps.end()) {
        throw InputError(
            folder.string(),
            fmt::format("has sweeps of two formats, {} and {}", sweeps.front().filename().string(),
                        other->filename().string()),
            "keep one of the two");
    }
    return sweeps;
}

/// A name's number, and what stands before it.
struct Numbered {
    std::string prefix;
    std::int64_t number = 0;
};

std::optional<Numbered> number_of(const fs::path& sweep) {
    fs::path name = sweep.stem();
    if (name.extension() == ".pcd") name = name.stem();  // nuScenes: .pcd.bin
    const std::string& text = name.native();
    const std::size_t digits = text.find_last_not_of("0123456789") + 1;
    const auto number = number_in<std::int64_t>(std::string_view(text).substr(digits));
    if (!number) return std::nullopt;
    return Numbered{text.substr(0, digits), *number};
}

/// The numbers by which all sweeps are counted, which puts the sweeps into their order; empty when
/// the names are not such.
std::vector<std::int64_t> count_by_name(std::vector<fs::path>& sweeps) {
    std::vector<std::pair<std::int64_t, fs::path>> counted;
    std::string prefix;
    for (const fs::path& sweep : sweeps) {
        const auto found = number_of(sweep);
        if (!found) return {};
        if (counted.empty()) prefix = found->prefix;
        if (found->prefix != prefix) return {};
        counted.emplace_back(found->number, sweep);
    }
    std::ranges::sort(counted);
    std::vector<std::int64_t> numbers;
    for (std::size_t i = 0; i < counted.size(); ++i) {
        sweeps[i] = counted[i].second;
        if (i > 0 && counted[i].first == numbers.back()) {
            throw InputError(sweeps[i].string(),
                             fmt::format("has the number of {}", sweeps[i - 1].filename().string()),
                             "give each sweep a number of its own");
        }
        numbers.push_back(counted[i].first);
    }
    return numbers;
}

/// Seconds of a date and a time of day (UTC), e.g. 2011-09-26 13:02:25.594.
std::optional<double> parse_date(const std::string& line) {
    int year = 0;
    unsigned month = 0;
    unsigned day = 0;
    int hour = 0;
    int minute = 0;
    double second = 0;
    if (std::sscanf(line.c_str(), "%d-%u-%u %d:%d:%lf", &year, &month, &day, &hour, &minute,
                    &second) != 6) {
        return std::nullopt;
    }
    using namespace std::chrono;
    const auto date = std::chrono::year(year) / std::chrono::month(month) / std::chrono::day(day);
    const bool sensible = date.ok() && hour >= 0 && hour < 24 && minute >= 0 && minute < 60 &&
                          second >= 0 && second < 61;
    if (!sensible) return std::nullopt;
    const auto whole = sys_days(date).time_since_epoch() + hours(hour) + minutes(minute);
    return static_cast<double>(duration_cast<seconds>(whole).count()) + second;
}

bool blank(const std::string& text) {
    return text.find_first_not_of(" \t\r") == std::string::npos;
}

/// The seconds of a line: a number, or a date.
std::optional<double> parse_time(const std::string& line) {
    if (const auto date = parse_date(line)) return date;
    return number_in<double>(std::string_view(line).substr(0, line.find_last_not_of(" \t\r") + 1));
}

/// The times in a file, line by line; nothing for a blank line, of which none is at the end.
using Lines = std::vector<std::optional<double>>;

Lines read_times(const fs::path& file) {
    Lines times;
    std::optional<double> last;
    std::istringstream in(
        read_text(file, FileRole::input, "write a line with the time of each sweep into it"));
    std::string line;
    for (int number = 1; std::getline(in, line); ++number) {
        times.emplace_back();
        if (blank(line)) continue;
        const std::string where = fmt::format("{}, line {}", file.string(), number);
        times.back() = parse_time(line);
        if (!times.back()) {
            throw InputError(where, fmt::format("'{}' is no time", line),
                             "write seconds, or e.g. 2011-09-26 13:02:25.594");
        }
        if (last && *times.back() <= *last) {
            throw InputError(where, "is not later than the line before",
                             "sort the times as the sweeps' names");
        }
        last = times.back();
    }
    while (!times.empty() && !times.back()) times.pop_back();
    return times;
}

/// The time of each sweep. `numbers` are the sweeps', or empty.
std::vector<double> match(const Lines& lines, const std::vector<fs::path>& sweeps,
                          const std::vector<std::int64_t>& numbers, const fs::path& file) {
    const bool in_order =
        lines.size() == sweeps.size() &&
        std::ranges::all_of(lines, [](const auto& time) { return time.has_value(); });
    if (!in_order && numbers.empty()) {
        throw InputError(
            file.string(),
            fmt::format("has {} lines, and the folder {} sweeps", lines.size(), sweeps.size()),
            "give each sweep a line, or remove the file for ten sweeps a second");
    }
    const auto count = static_cast<std::int64_t>(lines.size());
    const bool to_the_last = !in_order && numbers.back() - numbers.front() + 1 == count;
    const std::int64_t first = to_the_last ? numbers.front() : 0;
    std::vector<double> times;
    for (std::size_t i = 0; i < sweeps.size(); ++i) {
        const std::int64_t line = in_order ? static_cast<std::int64_t>(i) : numbers[i] - first;
        const auto time = line < count ? lines[static_cast<std::size_t>(line)] : std::nullopt;
        if (!time) {
            throw InputError(
                file.string(),
                fmt::format("has no time for {}: line {} is {}", sweeps[i].filename().string(),
                            line + 1, line < count ? "blank" : "missing"),
                "give each sweep a line, or remove the file for ten sweeps a second");
        }
        times.push_back(*time);
    }
    return times;
}

}  // namespace

std::optional<fs::path> times_file(const fs::path& folder) {
    if (fs::exists(folder / kTimesName)) return folder / kTimesName;
    fs::path whole = fs::absolute(folder).lexically_normal();
    if (!whole.has_filename()) whole = whole.parent_path();  // it ended with a slash
    const fs::path beside = whole.parent_path() / kTimesName;
    if (whole.filename() == "data" && fs::exists(beside)) return beside;
    return std::nullopt;
}

std::vector<Sweep> find_sweeps(const fs::path& folder) {
    std::vector<fs::path> files = list_sweeps(folder);
    const std::vector<std::int64_t> numbers = count_by_name(files);
    const auto listed = times_file(folder);
    std::vector<double> times;
    if (listed) times = match(read_times(*listed), files, numbers, *listed);
    std::vector<Sweep> sweeps;
    for (std::size_t i = 0; i < files.size(); ++i) {
        const double turns = numbers.empty() ? static_cast<double>(i)
                                             : static_cast<double>(numbers[i] - numbers.front());
        sweeps.push_back({files[i], listed ? times[i] - times.front() : turns / kDefaultRate});
    }
    return sweeps;
}

}  // namespace oneadapt
