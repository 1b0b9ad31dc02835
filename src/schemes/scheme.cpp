#include "schemes/scheme.hpp"

namespace oneadapt {

double Hindsight::objective(std::size_t segment, std::size_t place, double weight) const {
    const std::vector<Point>& row = points.at(segment);
    return row.at(place).accuracy - weight * row[place].cost / row.front().cost;
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

Delivery ConfigurationScheme::play(Testbed& testbed) {
    const Configuration configuration = decide(testbed);
    testbed.encode(configuration);
    testbed.send(configuration);
    const OutputPtr output = testbed.infer(configuration);
    learn(testbed, configuration, output);
    return {output, configuration};
}

void ConfigurationScheme::learn(Testbed& /*testbed*/, const Configuration& /*played*/,
                                const OutputPtr& /*output*/) {}

}  // namespace oneadapt
