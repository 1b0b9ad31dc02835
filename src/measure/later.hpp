#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <utility>

#include "support/hash.hpp"

namespace oneadapt {

/// A value that is here, or stays in the trace until somebody looks at it.
template <class T>
class Later {
  public:
    using Pointer = std::shared_ptr<const T>;

    Later() = default;
    Later(std::nullptr_t) {}
    Later(Pointer value) : value_(std::move(value)) {}
    /// A measurement. `name` is a hash of all that it depends on, `outline` what its kind tells of
    /// it at once; it outlives this. `read` is called once at most, unless it throws.
    Later(const Hash128& name, std::span<const double> outline, std::function<Pointer()> read)
        : state_(std::make_shared<State>(name, outline, std::move(read))) {}

    explicit operator bool() const { return value_ || state_; }
    friend bool operator==(const Later&, const Later&) = default;

    const Pointer& get() const {
        if (!state_) return value_;
        std::call_once(state_->once, [this] { state_->value = state_->read(); });
        return state_->value;
    }
    /// The place in memory that tells it from others, as long as it lives.
    const void* place() const {
        return state_ ? static_cast<const void*>(state_.get())
                      : static_cast<const void*>(value_.get());
    }
    /// Absent when it is no measurement.
    std::optional<Hash128> name() const {
        return state_ ? std::optional(state_->name) : std::nullopt;
    }
    /// Empty when it is no measurement.
    std::span<const double> outline() const {
        return state_ ? state_->outline : std::span<const double>();
    }

  private:
    struct State {
        State(const Hash128& of, std::span<const double> told, std::function<Pointer()> how)
            : name(of), outline(told), read(std::move(how)) {}
        Hash128 name;
        std::span<const double> outline;
        std::function<Pointer()> read;
        std::once_flag once;
        Pointer value;
    };

    Pointer value_;
    std::shared_ptr<State> state_;
};

}  // namespace oneadapt
