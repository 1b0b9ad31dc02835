#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <sstream>
#include <tuple>

#include <fmt/format.h>

#include "support/errors.hpp"
#include "support/input_file.hpp"
#include "support/text.hpp"
#include "testbed/device_profile.hpp"

namespace oneadapt {
namespace {

constexpr const char* kCostHeader = "dnn,width,height,exit,cap_watts,seconds,watts";

std::string name_of(const DnnCost& cost) {
    return fmt::format("{} at {}x{}{}{}", cost.dnn, cost.size.width, cost.size.height,
                       cost.exit > 0 ? fmt::format(", exit {}", cost.exit) : "",
                       cost.cap_watts > 0 ? fmt::format(", {} W", cost.cap_watts) : "");
}

/// A DNN at a size, whose exits and caps belong together.
using Subject = std::tuple<std::string, int, int>;

Subject subject(const DnnCost& cost) {
    return {cost.dnn, cost.size.width, cost.size.height};
}

void check_complete(const std::vector<DnnCost>& costs, const std::string& where) {
    std::set<double> caps;  // of all: what one DNN has, each must have
    std::map<Subject, std::set<int>> exits;
    for (const DnnCost& cost : costs) {
        if (cost.cap_watts > 0) caps.insert(cost.cap_watts);
        exits[subject(cost)].insert(cost.exit);
    }
    for (const DnnCost& cost : costs) {
        if (cost.cap_watts == 0) continue;  // the law makes its caps of it
        for (const int exit : exits[subject(cost)]) {
            for (const double cap : caps) {
                DnnCost wanted = cost;
                wanted.exit = exit;
                wanted.cap_watts = cap;
                if (std::ranges::any_of(costs,
                                        [&](const DnnCost& c) { return same_place(c, wanted); })) {
                    continue;
                }
                throw InputError(where, "lacks " + name_of(wanted),
                                 "give every DNN and exit its cost at every cap");
            }
        }
    }
    for (const auto& [of, known] : exits) {
        int next = known.contains(0) ? 0 : 1;
        for (const int exit : known) {
            if (exit == next++) continue;
            throw InputError(where, fmt::format("lacks exit {} of {}", next - 1, std::get<0>(of)),
                             "give every exit up to the last its cost");
        }
    }
}

void check_pair(const DnnCost& a, const DnnCost& b, const std::string& where) {
    if (subject(a) != subject(b)) return;
    if (a.exit == b.exit && a.cap_watts > 0 && a.cap_watts < b.cap_watts &&
        (a.seconds < b.seconds || a.watts > b.watts)) {
        throw InputError(
            where,
            fmt::format("{} takes {} s and {} W, and at a lower cap, {} W, {} s and "
                        "{} W",
                        name_of(b), b.seconds, b.watts, a.cap_watts, a.seconds, a.watts),
            "a higher cap makes nothing slower and draws no less: measure again");
    }
    if (a.cap_watts == b.cap_watts && a.exit > 0 && a.exit < b.exit && a.seconds >= b.seconds) {
        throw InputError(where,
                         fmt::format("{} takes {} s, and exit {} before it {} s", name_of(b),
                                     b.seconds, a.exit, a.seconds),
                         "a later exit takes longer: measure again");
    }
}

double csv_cell(std::string_view text, const std::string& where, const char* column) {
    const std::optional<double> value = number_in<double>(text);
    constexpr double kHighest = 1e6;
    if (!value || *value < 0 || *value > kHighest) {
        throw InputError(where, fmt::format("{} '{}' is not a number of 0 or more", column, text),
                         fmt::format("write a number from 0 to {}", kHighest));
    }
    return *value;
}

DnnCost read_cost_row(std::string_view line, const std::string& where) {
    const std::vector<std::string_view> cells = split(line, ',');
    if (cells.size() != 7 || cells[0].empty()) {
        throw InputError(where, "is no row of seven columns", std::string("write ") + kCostHeader);
    }
    const auto number = [&](std::size_t i, const char* column) {
        return csv_cell(cells[i], where, column);
    };
    const auto whole = [&](std::size_t i, const char* column) {
        const double value = number(i, column);
        if (value != static_cast<int>(value)) {
            throw InputError(where, fmt::format("{} is not whole", column), "write a whole number");
        }
        return static_cast<int>(value);
    };
    return {.dnn = std::string(cells[0]),
            .size = {whole(1, "width"), whole(2, "height")},
            .exit = whole(3, "exit"),
            .cap_watts = number(4, "cap_watts"),
            .seconds = number(5, "seconds"),
            .watts = number(6, "watts")};
}

}  // namespace

void check_costs(const std::vector<DnnCost>& costs, const std::string& where) {
    for (std::size_t i = 0; i < costs.size(); ++i) {
        for (std::size_t j = 0; j < costs.size(); ++j) {
            if (i < j && same_place(costs[i], costs[j])) {
                throw InputError(fmt::format("{}: dnns[{}]", where, j),
                                 "is the same DNN, size, exit and cap as one before",
                                 "give each its cost once");
            }
            check_pair(costs[i], costs[j], where);
        }
    }
    check_complete(costs, where);
}

DeviceProfile with_costs(DeviceProfile profile, const std::filesystem::path& csv) {
    std::istringstream in(
        read_text(csv, FileRole::input, std::string("name a CSV ") + kCostHeader));
    profile.name = csv.stem().string();
    profile.source = "measured: " + csv.filename().string();
    profile.power = {};
    profile.dnns.clear();
    std::string line;
    for (int number = 1; std::getline(in, line); ++number) {
        if (!line.empty() && line.back() == '\r') line.pop_back();
        if (line.empty()) continue;
        const std::string where = fmt::format("{}:{}", csv.string(), number);
        if (number == 1) {
            if (line == kCostHeader) continue;
            throw InputError(where, "is not the header", std::string("write ") + kCostHeader);
        }
        profile.dnns.push_back(read_cost_row(line, where));
    }
    if (profile.dnns.empty()) throw InputError(csv.string(), "has no rows", "measure some");
    check_costs(profile.dnns, csv.string());
    return profile;
}

}  // namespace oneadapt
