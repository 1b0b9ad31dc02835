#include "testbed/referee.hpp"

#include "measure/encode.hpp"
#include "measure/infer.hpp"

namespace oneadapt {

Referee::Referee(const Task& task, const Sidecar& sidecar, Configuration reference,
                 std::unique_ptr<GroundTruth> truth)
    : task_(&task),
      sidecar_(&sidecar),
      reference_(std::move(reference)),
      truth_(std::move(truth)) {}

double Referee::accuracy(Lab& lab, const Output& delivered) const {
    if (truth_) return truth_->accuracy(lab.segment(), delivered);
    return segment_accuracy(*task_, delivered,
                            *lab.take(Infer{reference_, &lab.instruments().dnn(reference_)}),
                            *sidecar_);
}

std::int64_t Referee::reference_bytes(Lab& lab) const {
    return lab.take(Encode{reference_})->bytes;
}

std::size_t Referee::reference_frames(Lab& lab) const {
    return lab.take(Encode{reference_})->kept.size();
}

}  // namespace oneadapt
