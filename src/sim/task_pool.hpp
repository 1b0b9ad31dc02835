#pragma once

#include <condition_variable>
#include <exception>
#include <functional>
#include <mutex>

#include <asio/thread_pool.hpp>

namespace oneadapt {

/// Jobs that are waited for together, run by a shared pool. The first exception is rethrown by
/// wait(); jobs that have not started by then are skipped.
class Batch {
  public:
    explicit Batch(asio::thread_pool& pool) : pool_(pool) {}
    ~Batch();
    Batch(const Batch&) = delete;
    Batch& operator=(const Batch&) = delete;

    void add(std::function<void()> job);
    void wait();

  private:
    void run(const std::function<void()>& job);
    void wait_all();

    asio::thread_pool& pool_;
    std::mutex mutex_;
    std::condition_variable done_;
    int open_ = 0;
    std::exception_ptr failure_;
};

}  // namespace oneadapt
