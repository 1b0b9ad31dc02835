#include "testbed/referee.hpp"

namespace oneadapt {

Referee::Referee(const Task& task, const Sidecar& sidecar, Configuration reference,
                 std::unique_ptr<GroundTruth> truth)
    : task_(&task),
      sidecar_(&sidecar),
      reference_(std::move(reference)),
      truth_(std::move(truth)) {}

double Referee::accuracy(Measurements& measurements, const Output& delivered) const {
    if (truth_) return truth_->accuracy(measurements.segment(), delivered);
    return segment_accuracy(*task_, delivered, *measurements.output(reference_), *sidecar_);
}

std::int64_t Referee::reference_bytes(Measurements& measurements) const {
    return measurements.encoding(reference_)->bytes;
}

std::size_t Referee::reference_frames(Measurements& measurements) const {
    return measurements.encoding(reference_)->kept.size();
}

}  // namespace oneadapt
