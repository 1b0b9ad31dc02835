#include "schemes/awstream.hpp"
#include "schemes/bounded.hpp"
#include "schemes/chameleon.hpp"
#include "schemes/external.hpp"
#include "schemes/oneadapt.hpp"
#include "schemes/oracle.hpp"
#include "schemes/scheme.hpp"
#include "schemes/static_scheme.hpp"
#include "support/table.hpp"

namespace oneadapt {

const std::vector<SchemeKind>& scheme_table() {
    static const std::vector<SchemeKind> table = {
        oneadapt(),      oneadapt_bounded(), pixel_difference(), awstream(),      chameleon(),
        static_scheme(), oracle(),           oracle_static(),    free_profiler(), external()};
    return table;
}

const SchemeKind& find_scheme(const std::string& name) {
    return find_row(scheme_table(), name, "scheme");
}

}  // namespace oneadapt
