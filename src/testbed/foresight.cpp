#include "testbed/foresight.hpp"

namespace oneadapt {

Foresight::Outcome Foresight::outcome(const EncodePlan& plan) {
    const auto encoding = lab_.take(Encode{plan});
    const Infer seen{Recipe(plan), world_.dnns.at(world_.dnn(plan.how)).dnn};
    return {prices_.cost(world_.plain(plan.how, *encoding), scores_.reference()),
            scores_.accuracy(lab_.later(seen))};
}

const Output& Foresight::reference() {
    return *lab_.later(world_.infer(world_.space.reference())).get();
}

Repeats Foresight::repeats() {
    return {lab_, lab_.later(world_.infer(world_.space.reference())), world_.task, world_.sidecar,
            world_.scoring};
}

std::shared_ptr<const DnnGrad> Foresight::gradient(double floor) {
    const Infer seen = world_.infer(world_.space.reference());
    return lab_.take(Differentiate{seen.recipe, seen.dnn, floor});
}

std::shared_ptr<const Encoding> Foresight::encoding(const Configuration& configuration) {
    return lab_.take(Encode{EncodePlan(as_sent(configuration))});
}

double Foresight::cost(const Configuration& configuration) {
    return prices_.cost(world_.plain(configuration, *encoding(configuration)), scores_.reference());
}

}  // namespace oneadapt
