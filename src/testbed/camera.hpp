#pragma once

#include <map>
#include <memory>

#include "measure/encode.hpp"
#include "measure/importance.hpp"
#include "measure/recipe.hpp"
#include "testbed/at.hpp"
#include "testbed/ground.hpp"

namespace oneadapt {

/// A segment, or part of it, as the camera encoded it.
struct Footage {
    EncodePlan plan;
    std::shared_ptr<const Encoding> encoding;
};

/// The camera: it has the frames of the segment as they are captured, and encodes them.
class Camera : public Machine<Place::camera> {
  public:
    explicit Camera(Ground& ground) : ground_(ground) {}

    /// Encodes what the plan says, once the last frame that it takes is captured; charged once per
    /// segment and plan.
    OnCamera<Footage> encode(const EncodePlan& plan);

    /// The segment under a configuration: encode() of all of it.
    OnCamera<Footage> encode(const Configuration& configuration);

    /// What playing a configuration would cost in this segment, without what a scheme adds; encodes
    /// when that has not happened.
    Ledger demand(const Configuration& configuration);

    /// Looks at the segment's frames up to `frame` through a query, with a network of that many
    /// GFLOP in all. Charged each time.
    template <Query Q>
    OnCamera<typename Q::Value> compute(const Q& query, int frame, double gflop);

    /// The same through a query whose value says how many GFLOP it took.
    template <Query Q>
    requires requires(const typename Q::Value& value) { value.gflop; }
    OnCamera<typename Q::Value> compute(const Q& query, int frame) {
        return compute(query, frame, ground_.lab->take(query)->gflop);
    }

    /// How much each tile of a frame matters to the DNN, as the camera's network sees it
    /// (AuxiliaryUse::tiles); see compute().
    OnCamera<Importance> importance(int frame);

    /// Waits until that frame of the segment is captured.
    void wait_for(int frame) { wait_until(ground_.captured(frame)); }

    /// For the driver: what was encoded is forgotten.
    void begin();

  private:
    SimSeconds work(SimSeconds from, SimSeconds length);

    Ground& ground_;
    std::map<EncodePlan, OnCamera<Footage>> footage_;
};

template <Query Q>
OnCamera<typename Q::Value> Camera::compute(const Q& query, int frame, double gflop) {
    auto value = ground_.lab->take(query);
    wait_for(frame);
    const SimSeconds from = now();
    const SimSeconds to = work(from, {ground_.world.device.camera_s_per_gflop * gflop});
    ground_.ledger.gflop += gflop;
    ground_.enter(Actor::camera, from, to, 0, [] { return std::string(Q::kName); });
    return at<Place::camera>(std::move(value), to);
}

}  // namespace oneadapt
