#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <tuple>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "support/csv_table.hpp"
#include "support/errors.hpp"
#include "testbed/device_profile.hpp"

namespace oneadapt {
namespace {

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

/// A cap that is measured to be broken is none; a meter may be a little off.
void check_cap(const DnnCost& cost, const std::string& where) {
    constexpr double kTolerated = 1.1;
    if (cost.cap_watts == 0 || cost.watts <= kTolerated * cost.cap_watts) return;
    throw InputError(where, fmt::format("{} takes {} W", name_of(cost), cost.watts),
                     "give watts that keep to the cap, within a tenth");
}

void check_complete(const std::vector<DnnCost>& costs, const std::string& where) {
    std::set<double> caps;  // of all: what one DNN has, each must have
    std::map<Subject, std::set<int>> exits;
    for (const DnnCost& cost : costs) {
        check_cap(cost, where);
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
    static constexpr std::array kColumns = {"dnn",       "width",   "height", "exit",
                                            "cap_watts", "seconds", "watts"};
    constexpr double kHighest = 1e6;
    constexpr int kLargest = 1'000'000;
    profile.name = csv.stem().string();
    profile.source = "measured: " + csv.filename().string();
    profile.power = {};
    profile.dnns.clear();
    const auto take = [&](const auto& line) {
        profile.dnns.push_back({.dnn = line.word(0),
                                .size = {line.whole(1, 0, kLargest), line.whole(2, 0, kLargest)},
                                .exit = line.whole(3, 0, kLargest),
                                .cap_watts = line.number(4, 0, kHighest),
                                .seconds = line.number(5, 0, kHighest),
                                .watts = line.number(6, 0, kHighest)});
    };
    read_table(csv, kColumns, fmt::format("name a CSV {}", fmt::join(kColumns, ",")), take);
    if (profile.dnns.empty()) throw InputError(csv.string(), "has no rows", "measure some");
    check_costs(profile.dnns, csv.string());
    return profile;
}

}  // namespace oneadapt
