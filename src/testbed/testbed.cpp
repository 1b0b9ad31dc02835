#include "testbed/testbed.hpp"

#include <algorithm>
#include <stdexcept>

namespace oneadapt {

double priced_bytes(double gpu_share, const Encoding& encoding, const Encoding& reference) {
    const auto all = static_cast<double>(reference.bytes);
    const double frames =
        static_cast<double>(encoding.kept.size()) / static_cast<double>(reference.kept.size());
    return (1.0 - gpu_share) * static_cast<double>(encoding.bytes) + gpu_share * all * frames;
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

void Testbed::begin(Measurements& measurements) {
    measurements_ = &measurements;
    progress_.clear();
    ledger_ = {};
    notes_.clear();
}

EncodingPtr Testbed::encode(const Configuration& configuration) {
    Progress& p = progress_[configuration];
    if (p.encoding) return p.encoding;
    p.encoding = measurements_->encoding(configuration);
    const int frames = static_cast<int>(p.encoding->kept.size());
    const SimSeconds work{world_->device.encode_s_per_megapixel *
                          sent_megapixels(configuration, frames)};
    const SimSeconds captured = segment().start + segment().duration;
    camera_free_ = std::max(camera_free_, captured) + work;
    p.encoded_at = camera_free_;
    ledger_.camera_encodes += frames;
    ledger_.busy_camera += work;
    return p.encoding;
}

void Testbed::send(const Configuration& configuration) {
    encode(configuration);
    Progress& p = progress_.at(configuration);
    if (p.arrived_at) return;
    p.arrived_at = uplink_.send(p.encoded_at, p.encoding->bytes);
    ledger_.uplink_bytes += p.encoding->bytes;
}

void Testbed::send_padding(std::int64_t bytes) {
    uplink_.send(segment().start + segment().duration, bytes);
    ledger_.uplink_bytes += bytes;
}

Testbed::Progress& Testbed::sent(const Configuration& configuration, const char* act) {
    const auto found = progress_.find(configuration);
    if (found == progress_.end() || !found->second.arrived_at) {
        throw std::logic_error(std::string(act) + " of " + configuration.text() +
                               ", which was never sent");
    }
    return found->second;
}

OutputPtr Testbed::infer(const Configuration& configuration) {
    Progress& p = sent(configuration, "inference");
    if (p.output) return p.output;
    p.output = measurements_->output(configuration);
    const int frames = static_cast<int>(p.encoding->kept.size());
    const double gflop = world_->forward_gflop * frames;
    const SimSeconds work{world_->device.forward_s_per_gflop * gflop};
    server_free_ = std::max(server_free_, *p.arrived_at) + work;
    p.inferred_at = server_free_;
    ledger_.forward_frames += frames;
    ledger_.gflop += gflop;
    ledger_.busy_server += work;
    return p.output;
}

GradientPtr Testbed::gradient(const Configuration& configuration, double floor) {
    Progress& p = sent(configuration, "gradient");
    if (!p.output)
        throw std::logic_error("gradient of " + configuration.text() +
                               ", which was never inferred");
    GradientPtr& gradient = p.gradients[floor];
    if (gradient) return gradient;
    gradient = measurements_->gradient(configuration, floor);
    const double gflop = world_->forward_gflop * world_->device.backward_ratio;
    const SimSeconds work{world_->device.forward_s_per_gflop * gflop};
    server_free_ = std::max(server_free_, p.inferred_at) + work;
    ledger_.backward_frames += 1;
    ledger_.gflop += gflop;
    ledger_.busy_server += work;
    return gradient;
}

Profiled Testbed::profile(const Configuration& configuration) {
    const Progress& reference = sent(space_->reference(), "profiling from the reference");
    if (!reference.output) throw std::logic_error("profiling before the reference was inferred");
    const Encoding& whole = *reference.encoding;
    if (configuration == space_->reference()) {
        return {whole.bytes, static_cast<double>(whole.bytes), 1.0};
    }
    Progress& p = progress_[configuration];
    if (p.profiled) return *p.profiled;
    const EncodingPtr encoding = measurements_->encoding(configuration);
    const OutputPtr output = measurements_->output(configuration);
    const int frames = static_cast<int>(encoding->kept.size());
    const double gflop = world_->forward_gflop * frames;
    ledger_.server_encodes += frames;
    ledger_.forward_frames += frames;
    ledger_.gflop += gflop;
    ledger_.busy_server += SimSeconds{world_->device.forward_s_per_gflop * gflop +
                                      world_->device.server_encode_s_per_megapixel *
                                          sent_megapixels(configuration, frames)};
    p.profiled = {encoding->bytes, priced_bytes(world_->gpu_share, *encoding, whole),
                  segment_accuracy(*task_, *output, *reference.output, *sidecar_)};
    return *p.profiled;
}

Testbed::Bill Testbed::finish(const Delivery& delivery) {
    const SegmentInfo& now = segment();
    const SimSeconds captured = now.start + now.duration;
    const Progress& played = sent(delivery.configuration, "delivery");
    ticks_ = uplink_.watch(captured, now.duration, ledger_.uplink_bytes);
    ledger_.energy_j = world_->device.camera_watts * ledger_.busy_camera.value +
                       world_->device.server_watts * ledger_.busy_server.value;
    const SimSeconds delivered = played.inferred_at + uplink_.latency();
    measurements_ = nullptr;
    return {ledger_, delivered - captured, std::move(notes_)};
}

}  // namespace oneadapt
