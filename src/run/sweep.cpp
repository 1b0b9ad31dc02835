#include "run/sweep.hpp"

#include <algorithm>
#include <map>
#include <string>

#include "run/fields.hpp"
#include "support/errors.hpp"

namespace oneadapt {
namespace {

/// Spells all that cells of a lot have in common. A spec that cannot be resolved is alone: whoever
/// opens it says what is wrong with it.
std::string common_part(const Cell& cell) {
    try {
        nlohmann::json common = to_json(resolve(cell.spec));
        common.erase("schemes");
        common.erase("settings");
        for (const Field& field : fields()) {
            if (field.group == kResultsGroup) common.erase(field.key);
        }
        return common.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
    } catch (const Error&) {
        return cell.hash.hex();
    }
}

/// Adds the schemes of run `run`, each where the order of every run stays as it is; one that is
/// there already plays for both.
void add_schemes(const std::vector<SchemeChoice>& more, std::size_t run,
                 std::vector<SchemeChoice>& all) {
    auto place = all.begin();
    for (const SchemeChoice& choice : more) {
        auto found = std::find_if(place, all.end(), [&](const SchemeChoice& known) {
            return known.kind == choice.kind &&
                   known.parameters.values() == choice.parameters.values();
        });
        if (found == all.end()) {
            found = all.insert(place, choice);
            found->runs.clear();
        }
        found->runs.push_back(run);
        place = found + 1;
    }
}

}  // namespace

std::vector<std::vector<Cell>> lots(const std::vector<Cell>& cells, std::size_t largest) {
    std::vector<std::vector<Cell>> all;
    std::map<std::string, std::size_t> open;  // the lot that still takes such cells
    for (const Cell& cell : cells) {
        const auto [at, is_new] = open.try_emplace(common_part(cell), all.size());
        if (!is_new && all[at->second].size() == largest) at->second = all.size();
        if (at->second == all.size()) all.emplace_back();
        all[at->second].push_back(cell);
    }
    return all;
}

ReplayPlan joined(const std::vector<Session>& sessions) {
    ReplayPlan plan = sessions.front().plan;
    plan.schemes.clear();
    for (std::size_t run = 0; run < sessions.size(); ++run) {
        add_schemes(sessions[run].plan.schemes, run, plan.schemes);
    }
    return plan;
}

}  // namespace oneadapt
