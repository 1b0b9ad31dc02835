#include "testbed/testbed.hpp"

namespace oneadapt {

Testbed::Testbed(const World& world, Goal goal)
    : ground_{.world = world}, goal_(goal), camera_(ground_), link_(ground_), server_(ground_) {}

}  // namespace oneadapt
