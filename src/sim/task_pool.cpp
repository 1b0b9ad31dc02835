#include "sim/task_pool.hpp"

#include <utility>

#include <asio/post.hpp>

namespace oneadapt {

Batch::~Batch() {
    wait_all();
}

void Batch::add(std::function<void()> job) {
    {
        const std::lock_guard lock(mutex_);
        ++open_;
    }
    asio::post(pool_, [this, job = std::move(job)] { run(job); });
}

void Batch::run(const std::function<void()>& job) {
    std::exception_ptr failure;
    bool skip = false;
    {
        const std::lock_guard lock(mutex_);
        skip = failure_ != nullptr;
    }
    try {
        if (!skip) job();
    } catch (...) {
        failure = std::current_exception();
    }
    const std::lock_guard lock(mutex_);
    if (failure && !failure_) failure_ = failure;
    if (--open_ == 0) done_.notify_all();
}

void Batch::wait_all() {
    std::unique_lock lock(mutex_);
    done_.wait(lock, [this] { return open_ == 0; });
}

void Batch::wait() {
    wait_all();
    if (failure_) std::rethrow_exception(std::exchange(failure_, nullptr));
}

}  // namespace oneadapt
