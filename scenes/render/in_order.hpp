#pragma once

#include <algorithm>
#include <future>
#include <thread>
#include <vector>

namespace oneadapt::render {

/// Makes the results number 0 to `count` - 1 on all processor cores, a few at a time, and passes
/// them to `use` in that order. `make` must be safe to call from several threads at once.
template <typename Make, typename Use>
void in_order(int count, const Make& make, const Use& use) {
    using Result = decltype(make(0));
    const int workers = static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
    for (int first = 0; first < count; first += workers) {
        std::vector<std::future<Result>> batch;
        for (int i = first; i < std::min(first + workers, count); ++i) {
            batch.push_back(std::async(std::launch::async, [&make, i] { return make(i); }));
        }
        for (auto& pending : batch) use(pending.get());
    }
}

}  // namespace oneadapt::render
