#include "testbed/contention.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <filesystem>
#include <numbers>
#include <random>
#include <sstream>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "support/errors.hpp"
#include "support/input_file.hpp"
#include "support/text.hpp"

namespace oneadapt {
namespace {

constexpr double kDrawnSeconds = 3600;
constexpr double kPieceSeconds = 0.1;
constexpr const char* kContentionHeader = "seconds,slowdown,idle_ratio";

/// Distributions of the standard library differ from one to another; these do not.
class ContentionDraws {
  public:
    explicit ContentionDraws(std::uint32_t seed) : bits_(seed) {}
    /// In (0, 1).
    double uniform() { return (static_cast<double>(bits_()) + 0.5) / 4294967296.0; }
    double uniform(double low, double high) { return low + (high - low) * uniform(); }
    double exponential(double mean) { return -std::log(uniform()) * mean; }
    double normal() {
        const double radius = std::sqrt(-2 * std::log(uniform()));
        return radius * std::cos(2 * std::numbers::pi * uniform());
    }

  private:
    std::mt19937 bits_;
};

void draw_contention(Environment& environment, const ContentionKind& kind, std::uint32_t seed) {
    ContentionDraws draws(seed);
    std::vector<SeriesPiece> speed;
    std::vector<SeriesPiece> idle;
    const auto add = [&](double seconds, double slowdown, double jitter, double idle_ratio) {
        const int pieces = std::max(1, static_cast<int>(std::lround(seconds / kPieceSeconds)));
        for (int i = 0; i < pieces; ++i) {
            speed.push_back({kPieceSeconds, 1 / (slowdown * std::exp(jitter * draws.normal()))});
        }
        idle.push_back({pieces * kPieceSeconds, idle_ratio});
    };
    const auto most = static_cast<std::size_t>(kDrawnSeconds / kPieceSeconds);
    while (speed.size() < most) {
        const double calm =
            kind.burst_seconds > 0 ? draws.exponential(kind.calm_seconds) : kDrawnSeconds;
        add(calm, 1, kind.jitter, kind.idle_ratio);
        if (kind.burst_seconds == 0) break;
        const double burst = draws.exponential(kind.burst_seconds);
        add(burst, draws.uniform(kind.mildest, kind.hardest), kind.burst_jitter,
            kind.burst_idle_ratio);
    }
    environment.speed = Series::pieces(speed);
    environment.idle_ratio = Series::pieces(idle);
}

struct ContentionRow {
    double seconds;
    double slowdown;
    double idle_ratio;
};

ContentionRow read_contention_row(std::string_view line, const std::string& where) {
    const std::vector<std::string_view> cells = split(line, ',');
    std::vector<double> values;
    for (const std::string_view cell : cells) {
        const auto value = number_in<double>(cell);
        if (!value || *value < 0 || *value > 1e6) {
            throw InputError(where, fmt::format("'{}' is not a number from 0 to 1e6", cell),
                             std::string("write ") + kContentionHeader);
        }
        values.push_back(*value);
    }
    if (values.size() != 3) {
        throw InputError(where, "is not three columns", std::string("write ") + kContentionHeader);
    }
    if (values[1] < 1e-3) {
        throw InputError(where, fmt::format("slowdown {} cannot be", values[1]),
                         "write more than 0: 1 is as fast as the profile, 2 half as fast");
    }
    return {values[0], values[1], values[2]};
}

void read_contention(Environment& environment, const std::filesystem::path& file) {
    std::istringstream in(
        read_text(file, FileRole::input,
                  fmt::format("name a CSV {}, markov:..., or one of {}", kContentionHeader,
                              fmt::join(contention_names(), ", "))));
    std::vector<ContentionRow> rows;
    std::string line;
    for (int number = 1; std::getline(in, line); ++number) {
        if (!line.empty() && line.back() == '\r') line.pop_back();
        if (line.empty() || (number == 1 && line == kContentionHeader)) continue;
        const std::string where = fmt::format("{}:{}", file.string(), number);
        rows.push_back(read_contention_row(line, where));
        const bool first = rows.size() == 1;
        if (first ? rows.back().seconds != 0
                  : rows.back().seconds <= rows[rows.size() - 2].seconds) {
            throw InputError(where, "its seconds are out of order",
                             "start at 0 and go on in strictly ascending order");
        }
    }
    if (rows.size() < 2) {
        throw InputError(file.string(), "has fewer than two rows",
                         fmt::format("write {} and a closing row", kContentionHeader));
    }
    std::vector<SeriesPiece> speed;
    std::vector<SeriesPiece> idle;
    for (std::size_t i = 0; i + 1 < rows.size(); ++i) {
        const double seconds = rows[i + 1].seconds - rows[i].seconds;
        speed.push_back({seconds, 1 / rows[i].slowdown});
        idle.push_back({seconds, rows[i].idle_ratio});
    }
    environment.speed = Series::pieces(speed);
    environment.idle_ratio = Series::pieces(idle);
}

}  // namespace

const std::vector<ContentionKind>& contention_table() {
    static const std::vector<ContentionKind> table = {
        {"default", "nothing else runs: 2 % of jitter", 1, 0, 1, 1, 0.02, 0, 0.25, 0},
        {"cpu", "bursts of another program's computing: 1.3 to 2 times slower", 8, 6, 1.3, 2, 0.02,
         0.04, 0.25, 0.6},
        {"memory", "bursts of another program's memory traffic: 1.5 to 3 times, heavier tail", 8, 6,
         1.5, 3, 0.02, 0.2, 0.25, 0.5},
    };
    return table;
}

std::vector<std::string> contention_names() {
    std::vector<std::string> names;
    for (const ContentionKind& kind : contention_table()) names.emplace_back(kind.name);
    return names;
}

void contend(Environment& environment, const std::string& text, bool again) {
    constexpr std::string_view kMarkov = "markov:";
    const std::string name = text.substr(0, text.find(':'));
    const auto& table = contention_table();
    const auto kind =
        std::ranges::find(table, name, [](const auto& k) { return std::string(k.name); });
    if (kind != table.end()) {
        const std::string seed = name == text ? "1" : text.substr(name.size() + 1);
        const auto number = number_in<std::uint32_t>(seed);
        if (!number) {
            throw UsageError("--environment " + text, fmt::format("'{}' is not a seed", seed),
                             "write a whole number of 0 or more");
        }
        draw_contention(environment, *kind, *number);
    } else if (text.starts_with(kMarkov)) {
        environment.speed =
            Series::markov(std::string_view(text).substr(kMarkov.size()), speed_series());
    } else {
        read_contention(environment, text);
    }
    if (!again) environment.end = environment.speed->length();
}

}  // namespace oneadapt
