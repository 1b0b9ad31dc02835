#include "testbed/server_future.hpp"

namespace oneadapt {

SimSeconds ServerFuture::done_at(SimSeconds from, double seconds) const {
    const std::optional<Series>& speed = world_.environment.speed;
    return speed ? speed->reach(from, seconds) : from + SimSeconds{seconds};
}

double ServerFuture::idle_ratio(SimSeconds from, SimSeconds until) const {
    const double seconds = (until - from).value;
    if (seconds <= 0) return 0;
    const std::optional<Series>& ratio = world_.environment.idle_ratio;
    return ratio ? ratio->amount(from, until) / seconds : world_.device.idle_ratio;
}

}  // namespace oneadapt
