#include "schemes/scheme.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "dnn/auxiliary.hpp"

namespace oneadapt {

double Hindsight::objective(std::size_t segment, std::size_t place, double weight) const {
    const Point& point = points.at(segment).at(place);
    return point.accuracy - weight * point.cost;
}

std::size_t Hindsight::best(std::size_t begin, std::size_t end, double weight) const {
    struct Score {
        double objective = 0;
        double cost = 0;
    };
    std::vector<Score> scores(grid.size());
    for (std::size_t segment = begin; segment < end; ++segment) {
        for (std::size_t place = 0; place < grid.size(); ++place) {
            scores[place].objective += objective(segment, place, weight);
            scores[place].cost += points[segment][place].cost;
        }
    }
    std::size_t best = 0;
    for (std::size_t place = 1; place < grid.size(); ++place) {
        const Score& a = scores[place];
        const Score& b = scores[best];
        if (a.objective > b.objective || (a.objective == b.objective && a.cost < b.cost)) {
            best = place;
        }
    }
    return best;
}

Played play_configuration(Testbed& testbed, const Configuration& configuration) {
    Played played;
    played.how = configuration;
    played.received = testbed.link().up(testbed.camera().encode(configuration));
    played.output = testbed.server().infer(played.received, testbed.dnn(configuration));
    return played;
}

Delivery ConfigurationScheme::play(Testbed& testbed) {
    const Played played = play_configuration(testbed, decide(testbed));
    learn(testbed, played);
    return played.delivery();
}

void ConfigurationScheme::learn(Testbed& /*testbed*/, const Played& /*played*/) {}

std::vector<Refusal> Needs::refusals(const RunFacts& run) const {
    struct Need {
        bool needed;
        bool there;
        const char* problem;
        const char* remedy;
    };
    const Need all[] = {
        {link, run.link, "needs a link (--link)", "give --link"},
        {boxes, run.boxes, "needs a task whose DNN says boxes", "choose such a --task"},
        {places, run.places, "needs a task whose DNN says where in a frame something is",
         "choose such a --task"},
        {regions, run.regions, "needs a knob with a value for each region (see list)",
         "choose such a --knob"},
        {constraints, run.constraints, "needs constraints (--goal)", "give --goal with its bounds"},
        {!constraints && !any_goal, !run.constraints,
         "weighs bandwidth, and knows no constraints (--goal)", "leave --goal and its bounds out"},
        {sizes, run.sizes, "needs a DNN in sizes (--knob model)", "add --knob model"},
        {filters, run.filters, "needs a knob that drops frames by what they show (see list)",
         "choose such a --knob"},
        {caps, run.caps, "needs power caps (--knob power)", "add --knob power"},
    };
    std::vector<Refusal> found;
    for (const Need& need : all) {
        if (need.needed && !need.there) found.push_back({need.problem, need.remedy});
    }
    if (!media.empty() && std::ranges::find(media, run.media) == media.end()) {
        const std::string inputs = fmt::format("--input {}", fmt::join(media, " or "));
        found.push_back({"needs " + inputs, "give " + inputs});
    }
    if (!knob.empty() && std::ranges::find(run.knobs, knob) == run.knobs.end()) {
        found.push_back({"needs --knob " + knob, "add --knob " + knob});
    }
    if (!auxiliary.empty() && !run.auxiliaries.contains(auxiliary)) {
        found.push_back(
            {fmt::format(
                 "needs a network NAME.{}.pt with its sidecar beside the model ({} trains it)",
                 auxiliary, find_auxiliary(auxiliary).tool),
             "train one, or name a model that has one with --model"});
    }
    return found;
}

std::optional<Refusal> Needs::refusal(const RunFacts& run) const {
    std::vector<Refusal> found = refusals(run);
    return found.empty() ? std::nullopt : std::optional(std::move(found.front()));
}

std::vector<SchemeCell> cell_per_goal(const std::vector<Goal>& goals, const KnobSpace& /*space*/) {
    std::vector<SchemeCell> cells;
    cells.reserve(goals.size());
    for (const Goal& goal : goals) cells.push_back({.goal = goal});
    return cells;
}

std::vector<SchemeCell> cell_per_configuration(const std::vector<Goal>& goals,
                                               const KnobSpace& space) {
    Goal unweighted = goals.front();
    unweighted.weight.reset();
    std::vector<SchemeCell> cells;
    for (const Configuration& configuration : space.grid()) {
        cells.push_back({.goal = unweighted, .fixed = configuration});
    }
    return cells;
}

}  // namespace oneadapt
