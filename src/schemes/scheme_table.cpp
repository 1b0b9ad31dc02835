#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "schemes/awstream.hpp"
#include "schemes/bounded.hpp"
#include "schemes/chameleon.hpp"
#include "schemes/oneadapt.hpp"
#include "schemes/oracle.hpp"
#include "schemes/scheme.hpp"
#include "schemes/static_scheme.hpp"
#include "support/errors.hpp"

namespace oneadapt {

const std::vector<SchemeKind>& scheme_table() {
    static const std::vector<SchemeKind> table = {
        oneadapt(),      oneadapt_bounded(), pixel_difference(), awstream(),     chameleon(),
        static_scheme(), oracle(),           oracle_static(),    free_profiler()};
    return table;
}

const SchemeKind& find_scheme(const std::string& name) {
    const auto found = std::ranges::find(scheme_table(), name, &SchemeKind::name);
    if (found == scheme_table().end()) {
        std::vector<std::string> names;
        for (const SchemeKind& kind : scheme_table()) names.push_back(kind.name);
        throw UsageError(fmt::format("scheme '{}'", name), "is unknown",
                         fmt::format("choose from {}", fmt::join(names, ", ")));
    }
    return *found;
}

}  // namespace oneadapt
