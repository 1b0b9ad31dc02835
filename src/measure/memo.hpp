#pragma once

#include <exception>
#include <future>
#include <map>
#include <memory>
#include <mutex>
#include <utility>

namespace oneadapt {

/// Values made on first use and then kept. Whoever asks for a value that another thread is making
/// waits for it, and gets that thread's exception when it fails; a later ask tries again.
template <typename Key, typename Value>
class Memo {
  public:
    using Pointer = std::shared_ptr<const Value>;

    /// The value of `key`; `make` is called without a lock and must not ask for the same key.
    template <typename Make>
    Pointer get(const Key& key, const Make& make) {
        std::unique_lock lock(mutex_);
        if (const auto found = values_.find(key); found != values_.end()) {
            const std::shared_future<Pointer> value = found->second;
            lock.unlock();
            return value.get();
        }
        std::promise<Pointer> promise;
        values_.emplace(key, promise.get_future().share());
        lock.unlock();
        try {
            Pointer value = make();
            promise.set_value(value);
            return value;
        } catch (...) {
            forget(key);
            promise.set_exception(std::current_exception());
            throw;
        }
    }

    /// The next ask makes the value of `key` anew; who holds it keeps it.
    void forget(const Key& key) {
        const std::lock_guard lock(mutex_);
        values_.erase(key);
    }

  private:
    std::mutex mutex_;
    std::map<Key, std::shared_future<Pointer>> values_;
};

}  // namespace oneadapt
