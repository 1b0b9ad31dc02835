#include "cli/session.hpp"

#include "cli/clips.hpp"

namespace oneadapt {

Session open_drawn_session(const RunSpec& spec, const Execution& execution) {
    Session session = open_session(spec, execution);
    if (!execution.offline) draw_missing_clips(session.plan.clips, execution.quiet);
    return session;
}

}  // namespace oneadapt
