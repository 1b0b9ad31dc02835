#pragma once

#include <memory>
#include <stdexcept>
#include <utility>

#include "measure/later.hpp"
#include "support/units.hpp"

namespace oneadapt {

/// The two machines on which a scheme can look at something.
enum class Place { camera, server };

/// Something that is at a place from a time on. What and when are for the machines: a scheme looks
/// at it through Machine::read() of that place, which waits for it, or asks Machine::arrived().
template <class T, Place P>
class At {
  public:
    At() = default;
    /// Whether there is anything at all.
    explicit operator bool() const { return static_cast<bool>(what_); }

  private:
    friend class Insider;
    At(Later<T> what, SimSeconds when) : what_(std::move(what)), when_(when) {}

    Later<T> what_;
    SimSeconds when_;
};

template <class T>
using OnCamera = At<T, Place::camera>;
template <class T>
using OnServer = At<T, Place::server>;

/// Base of what makes things and moves them between places.
class Insider {
  protected:
    template <Place P, class T>
    static At<T, P> at(std::shared_ptr<const T> what, SimSeconds when) {
        return {std::move(what), when};
    }
    template <Place P, class T>
    static At<T, P> at(Later<T> what, SimSeconds when) {
        return {std::move(what), when};
    }
    /// Throws std::logic_error when there is nothing.
    template <class T, Place P>
    static const std::shared_ptr<const T>& what(const At<T, P>& thing) {
        return later(thing).get();
    }
    /// The same, unless it is here already left where it is.
    template <class T, Place P>
    static const Later<T>& later(const At<T, P>& thing) {
        if (!thing.what_) throw std::logic_error("what is asked for was never made");
        return thing.what_;
    }
    template <class T, Place P>
    static SimSeconds when(const At<T, P>& thing) {
        return thing.when_;
    }
};

/// A machine that works one thing after the other.
template <Place P>
class Machine : public Insider {
  public:
    /// The time up to which the machine is busy: what it is asked for next starts then or later.
    SimSeconds now() const { return now_; }
    /// Lets time pass.
    void wait_until(SimSeconds time) {
        if (now_ < time) now_ = time;
    }

    /// Whether something is there already.
    template <class T>
    bool arrived(const At<T, P>& thing) const {
        return thing && when(thing) <= now_;
    }
    /// Looks at something, having waited for it.
    template <class T>
    const T& read(const At<T, P>& thing) {
        wait_until(when(thing));
        return *what(thing);
    }
    /// What a scheme worked out here of what it has read: small sums, which take no time.
    template <class T>
    At<T, P> make(T value) const {
        return at<P>(std::make_shared<const T>(std::move(value)), now_);
    }

  private:
    SimSeconds now_;
};

}  // namespace oneadapt
