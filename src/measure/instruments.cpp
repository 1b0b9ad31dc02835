#include "measure/instruments.hpp"

#include <fmt/format.h>

#include "knobs/knob_space.hpp"
#include "support/errors.hpp"

namespace oneadapt {

const Dnn& Instruments::dnn(const Configuration& configuration) const {
    const auto found = dnns.find(configuration.get(kModelKnob, dnns.rbegin()->first));
    if (found != dnns.end()) return found->second;
    throw UsageError(fmt::format("configuration '{}'", configuration.text()),
                     "names a size of the DNN that is not in use",
                     "add model to --knob, or the size to --values model=...");
}

}  // namespace oneadapt
