#include "testbed/testbed.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace oneadapt {

double World::passes(const Configuration& configuration) const {
    if (model_shares.empty()) return 1.0;
    return model_shares.at(configuration.get(kModelKnob, model_shares.rbegin()->first));
}

Demand World::demand(const Configuration& configuration, const Encoding& encoding) const {
    return {static_cast<double>(encoding.bytes),
            passes(configuration) * static_cast<double>(encoding.kept.size())};
}

double priced_bytes(double gpu_share, const Demand& demand, const Demand& reference) {
    const double work = demand.passes / reference.passes;
    return (1.0 - gpu_share) * demand.bytes + gpu_share * reference.bytes * work;
}

Testbed::Testbed(const World& world, const KnobSpace& space, const Task& task,
                 const Sidecar& sidecar)
    : world_(&world),
      space_(&space),
      task_(&task),
      sidecar_(&sidecar),
      uplink_(world.link, SimSeconds{world.device.latency_s}) {}

double Testbed::sent_megapixels(const Configuration& configuration, int frames) const {
    const double scale = configuration.get("resolution", 1.0);
    return world_->megapixels * scale * scale * frames;
}

void Testbed::begin(Lab& lab) {
    lab_ = &lab;
    uploads_.clear();
    analyses_.clear();
    ledger_ = {};
    notes_.clear();
}

EncodingPtr Testbed::encode(const Configuration& configuration) {
    Upload& upload = uploads_[as_sent(configuration)];
    if (upload.encoding) return upload.encoding;
    upload.encoding = lab_->take(Encode{configuration});
    const int frames = static_cast<int>(upload.encoding->kept.size());
    const SimSeconds work{world_->device.encode_s_per_megapixel *
                          sent_megapixels(configuration, frames)};
    const SimSeconds captured = segment().start + segment().duration;
    camera_free_ = std::max(camera_free_, captured) + work;
    upload.encoded_at = camera_free_;
    ledger_.camera_encodes += frames;
    ledger_.busy_camera += work;
    return upload.encoding;
}

Demand Testbed::demand(const Configuration& configuration) {
    return world_->demand(configuration, *encode(configuration));
}

void Testbed::send(const Configuration& configuration) {
    encode(configuration);
    Upload& upload = uploads_.at(as_sent(configuration));
    if (upload.arrived_at) return;
    upload.arrived_at = uplink_.send(upload.encoded_at, upload.encoding->bytes);
    ledger_.uplink_bytes += upload.encoding->bytes;
}

void Testbed::send_padding(std::int64_t bytes) {
    uplink_.send(segment().start + segment().duration, bytes);
    ledger_.uplink_bytes += bytes;
}

const Testbed::Upload& Testbed::sent(const Configuration& configuration, const char* act) const {
    const auto found = uploads_.find(as_sent(configuration));
    if (found == uploads_.end() || !found->second.arrived_at) {
        throw std::logic_error(std::string(act) + " of " + configuration.text() +
                               ", which was never sent");
    }
    return found->second;
}

OutputPtr Testbed::infer(const Configuration& configuration) {
    const Upload& upload = sent(configuration, "inference");
    Analysis& analysis = analyses_[configuration];
    if (analysis.output) return analysis.output;
    analysis.output = lab_->take(Infer{configuration, &lab_->instruments().dnn(configuration)});
    const int frames = static_cast<int>(upload.encoding->kept.size());
    const double gflop = world_->forward_gflop * world_->passes(configuration) * frames;
    const SimSeconds work{world_->device.forward_s_per_gflop * gflop};
    server_free_ = std::max(server_free_, *upload.arrived_at) + work;
    analysis.inferred_at = server_free_;
    ledger_.forward_frames += frames;
    ledger_.gflop += gflop;
    ledger_.busy_server += work;
    return analysis.output;
}

GradientPtr Testbed::gradient(const Configuration& configuration, double floor) {
    sent(configuration, "gradient");
    Analysis& analysis = analyses_[configuration];
    if (!analysis.output) {
        throw std::logic_error("gradient of " + configuration.text() +
                               ", which was never inferred");
    }
    GradientPtr& gradient = analysis.gradients[floor];
    if (gradient) return gradient;
    gradient =
        lab_->take(Differentiate{configuration, &lab_->instruments().dnn(configuration), floor});
    const double gflop =
        world_->forward_gflop * world_->passes(configuration) * world_->device.backward_ratio;
    const SimSeconds work{world_->device.forward_s_per_gflop * gflop};
    server_free_ = std::max(server_free_, analysis.inferred_at) + work;
    ledger_.backward_frames += 1;
    ledger_.gflop += gflop;
    ledger_.busy_server += work;
    return gradient;
}

bool Testbed::at_hand(const Configuration& configuration) {
    const Configuration form = as_sent(configuration);
    const bool received = form == as_sent(space_->reference());
    return received || std::exchange(uploads_[form].server_encoded, true);
}

Profiled Testbed::profile(const Configuration& configuration) {
    const Configuration reference = space_->reference();
    const Encoding& whole = *sent(reference, "profiling from the reference").encoding;
    const OutputPtr best = analyses_[reference].output;
    if (!best) throw std::logic_error("profiling before the reference was inferred");
    if (configuration == reference) return {whole.bytes, static_cast<double>(whole.bytes), 1.0};
    Analysis& analysis = analyses_[configuration];
    if (analysis.profiled) return *analysis.profiled;
    const EncodingPtr encoding = lab_->take(Encode{configuration});
    const OutputPtr output =
        lab_->take(Infer{configuration, &lab_->instruments().dnn(configuration)});
    const int frames = static_cast<int>(encoding->kept.size());
    const int encoded = at_hand(configuration) ? 0 : frames;
    const double gflop = world_->forward_gflop * world_->passes(configuration) * frames;
    ledger_.server_encodes += encoded;
    ledger_.forward_frames += frames;
    ledger_.gflop += gflop;
    ledger_.busy_server += SimSeconds{world_->device.forward_s_per_gflop * gflop +
                                      world_->device.server_encode_s_per_megapixel *
                                          sent_megapixels(configuration, encoded)};
    analysis.profiled = {encoding->bytes,
                         priced_bytes(world_->gpu_share, world_->demand(configuration, *encoding),
                                      world_->demand(reference, whole)),
                         segment_accuracy(*task_, *output, *best, *sidecar_)};
    return *analysis.profiled;
}

Testbed::Bill Testbed::finish(const Delivery& delivery) {
    const SegmentInfo& now = segment();
    const SimSeconds captured = now.start + now.duration;
    sent(delivery.configuration, "delivery");
    ticks_ = uplink_.watch(captured, now.duration, ledger_.uplink_bytes);
    ledger_.energy_j = world_->device.camera_watts * ledger_.busy_camera.value +
                       world_->device.server_watts * ledger_.busy_server.value;
    const SimSeconds delivered = analyses_[delivery.configuration].inferred_at + uplink_.latency();
    lab_ = nullptr;
    return {ledger_, delivered - captured, std::move(notes_)};
}

}  // namespace oneadapt
