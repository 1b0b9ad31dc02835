#include <algorithm>

#include "schemes/accmpeg.hpp"
#include "schemes/alert.hpp"
#include "schemes/alert_rivals.hpp"
#include "schemes/awstream.hpp"
#include "schemes/bounded.hpp"
#include "schemes/calibrated.hpp"
#include "schemes/casva.hpp"
#include "schemes/chameleon.hpp"
#include "schemes/cloudseg.hpp"
#include "schemes/dds.hpp"
#include "schemes/depth_regions.hpp"
#include "schemes/eaar.hpp"
#include "schemes/external.hpp"
#include "schemes/fine_oracle.hpp"
#include "schemes/glimpse.hpp"
#include "schemes/oneadapt.hpp"
#include "schemes/oneadapt_alert.hpp"
#include "schemes/oracle.hpp"
#include "schemes/range_rings.hpp"
#include "schemes/reducto.hpp"
#include "schemes/scheme.hpp"
#include "schemes/static_scheme.hpp"
#include "schemes/videostorm.hpp"
#include "schemes/voice_activity.hpp"
#include "support/table.hpp"

namespace oneadapt {

const std::vector<SchemeKind>& scheme_table() {
    static const std::vector<SchemeKind> table = {
        oneadapt(),      oneadapt_bounded(), calibrated(),    pixel_difference(),
        awstream(),      chameleon(),        reducto(),       dds(),
        accmpeg(),       cloudseg(),         glimpse(),       eaar(),
        videostorm(),    range_rings(),      depth_regions(), voice_activity(),
        static_scheme(), oracle(),           oracle_static(), free_profiler(),
        oracle_frames(), oracle_regions(),   eaar_oracle(),   casva(),
        alert(),         alert_oracle(),     alert_static(),  app_only(),
        sys_only(),      no_coordination(),  race_to_idle(),  oneadapt_alert(),
        external()};
    return table;
}

const SchemeKind& find_scheme(const std::string& name) {
    return find_row(scheme_table(), name, "scheme");
}

const SchemeKind& find_yardstick(Yardstick what) {
    return *std::ranges::find(scheme_table(), what, &SchemeKind::yardstick);
}

}  // namespace oneadapt
