#pragma once

#include <optional>
#include <string>
#include <vector>

#include "dnn/output.hpp"
#include "knobs/configuration.hpp"
#include "testbed/at.hpp"

namespace oneadapt {

/// What a scheme hands over for a segment: a result for each frame, or none. Where there is none,
/// the one before stands, as it does on a user's screen.
class Delivery : public Insider {
  public:
    /// `played` is what the results call what was played; it identifies nothing.
    explicit Delivery(std::string played) : played_(std::move(played)) {}

    /// Every frame of the segment by one output, as far as that goes.
    template <Place P>
    static Delivery of(const At<Output, P>& output, const Configuration& played) {
        Delivery delivery(played.text());
        const int frames = frames_of(output);
        for (int frame = 0; frame < frames; ++frame) delivery.show(frame, output, frame);
        return delivery;
    }

    /// For `frame` of the segment, what `output` says of its frame `of`. A later result for the
    /// same frame replaces an earlier one.
    template <Place P>
    void show(int frame, const At<Output, P>& output, int of) {
        const auto place = static_cast<std::size_t>(frame);
        if (shown_.size() <= place) shown_.resize(place + 1);
        shown_[place] = Shown{later(output), static_cast<std::size_t>(of), when(output), P};
    }

    /// How many frames an output of this segment has.
    template <Place P>
    static int frames_of(const At<Output, P>& output) {
        const Later<Output>& said = later(output);
        return said.outline().empty() ? static_cast<int>(said.get()->frames.size())
                                      : static_cast<int>(said.outline().front());
    }

    const std::string& played() const { return played_; }

  private:
    friend class Driver;
    struct Shown {
        Later<Output> output;
        std::size_t frame = 0;  ///< of the output
        SimSeconds when;
        Place place = Place::server;
    };

    std::string played_;
    std::vector<std::optional<Shown>> shown_;
};

}  // namespace oneadapt
