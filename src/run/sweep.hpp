#pragma once

#include <cstddef>
#include <vector>

#include "run/experiment.hpp"
#include "run/plan.hpp"

namespace oneadapt {

/// The cells in lots that differ only in schemes, their parameters and what is reported, so that
/// joined() can play each lot at once; in order of first appearance, no lot larger than `largest`.
std::vector<std::vector<Cell>> lots(const std::vector<Cell>& cells, std::size_t largest);

/// The plan of all sessions of a lot, for replay_together(): run i is that of session i. There must
/// be at least one.
ReplayPlan joined(const std::vector<Session>& sessions);

}  // namespace oneadapt
