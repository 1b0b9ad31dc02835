#include "measure/instruments.hpp"

#include <algorithm>
#include <iterator>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "knobs/knob_space.hpp"
#include "support/errors.hpp"

namespace oneadapt {

const Dnn& Instruments::dnn(const Configuration& configuration) const {
    const std::optional<std::string> size = chosen_dnn(configuration);
    if (!size) return dnns.front();
    const auto found = std::ranges::find(dnns, *size, &Dnn::size);
    if (found != dnns.end()) return *found;
    std::vector<std::string> sizes;
    std::ranges::transform(dnns, std::back_inserter(sizes), &Dnn::size);
    throw UsageError(fmt::format("configuration '{}'", configuration.text()),
                     "names a size of the DNN that is not in use",
                     dnns.size() == 1 ? "add the knob to --knob, and the size to its --values"
                                      : fmt::format("choose from {}", fmt::join(sizes, ", ")));
}

}  // namespace oneadapt
