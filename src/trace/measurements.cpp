#include "trace/measurements.hpp"

#include <deque>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <tuple>
#include <utility>

#include <fmt/format.h>

#include "knobs/knob_space.hpp"
#include "support/errors.hpp"
#include "trace/difference.hpp"
#include "trace/memo.hpp"
#include "trace/values.hpp"

namespace oneadapt {
namespace {

using Pictures = std::vector<cv::Mat>;

/// Received pictures kept per segment, for who asks next about the same configuration.
constexpr std::size_t kReceivedBytes = 128 << 20;

/// The value of `key` if the trace has it.
template <typename Value>
std::shared_ptr<const Value> recall(const Trace& trace, Measured kind, const Hash128& key) {
    const auto bytes = trace.find(kind, key);
    if (!bytes) return nullptr;
    auto value = std::make_shared<Value>();
    read_stored(*bytes, *value, trace.file());
    return value;
}

/// The value of `key` from the trace, else what `measure` makes, stored before anyone sees it.
template <typename Value, typename Measure>
std::shared_ptr<const Value> recall_or_measure(Trace& trace, Measured kind, const Hash128& key,
                                               const Measure& measure) {
    if (auto known = recall<Value>(trace, kind, key)) return known;
    auto value = std::make_shared<const Value>(measure());
    trace.store(kind, key, to_bytes(*value));
    return value;
}

/// Every frame of the segment, a dropped one repeating the last kept one.
Output expand(std::vector<FrameOutput> seen, const std::vector<int>& kept, int frames) {
    if (seen.size() != kept.size()) {
        throw std::logic_error("the DNN spoke of another number of frames than it was shown");
    }
    Output output;
    std::size_t next = 0;
    for (int frame = 0; frame < frames; ++frame) {
        if (next < kept.size() && kept[next] == frame) ++next;
        output.frames.push_back(seen.at(next - 1));
    }
    return output;
}

std::size_t bytes_of(const Pictures& pictures) {
    std::size_t bytes = 0;
    for (const cv::Mat& picture : pictures) bytes += picture.total() * picture.elemSize();
    return bytes;
}

}  // namespace

struct Measurements::Impl {
    const SegmentRef segment;
    const Instruments& instruments;
    Trace& trace;

    // What came out, as long as the segment is in use. What the camera makes is kept, and named in
    // the trace, by configurations as_sent().
    Memo<Configuration, Encoding> encodings;
    Memo<Configuration, Output> outputs;
    Memo<std::pair<Configuration, double>, Gradient> gradients;

    // What they are made of. Packets are small and stay; received pictures only as far as
    // kReceivedBytes go, the oldest leaving first.
    Memo<Configuration, Encoded> packets;
    Memo<Configuration, Pictures> received;
    std::mutex received_mutex;
    std::deque<std::pair<Configuration, std::size_t>> received_order;
    std::size_t received_bytes = 0;
    std::once_flag source_converted;
    Pictures source;

    Impl(SegmentRef of, const Instruments& with, Trace& in)
        : segment(std::move(of)), instruments(with), trace(in) {}

    Hasher key(const Configuration& sent) const {
        Hasher hasher;
        // The duration tells the analysis rate, which decides what a frame rate drops.
        hasher.add(segment.info.hash).add(segment.info.frames).add(segment.info.duration.value);
        hasher.add(instruments.encoder).add(sent.text());
        return hasher;
    }

    Hash128 encoding_key(const Configuration& sent) const {
        return key(sent).add(instruments.input.identity).add(kTileSize).finish();
    }

    Hash128 output_key(const Configuration& sent, const Dnn& dnn) const {
        return key(sent).add(dnn.identity).finish();
    }

    Hash128 gradient_key(const Configuration& sent, const Dnn& dnn, double floor) const {
        Hasher hasher = key(sent);
        hasher.add(dnn.identity).add(kTileSize);
        return hasher.add(dnn.threshold).add(floor).finish();
    }

    /// The segment's frames; the clip may have changed since it was indexed.
    const Segment& media() const {
        const Segment& frames = segment.media();
        if (frames.info.hash != segment.info.hash) {
            throw InputError(fmt::format("segment {}", segment.info.index),
                             "its frames are not those that the trace has an index of",
                             "do not change a clip while it is in use, and record again");
        }
        return frames;
    }

    const Pictures& source_pictures() {
        const Segment& frames = media();
        std::call_once(source_converted,
                       [&] { source = pictures_of(frames.frames, instruments.input); });
        return source;
    }

    std::shared_ptr<const Encoded> encode(const Configuration& sent) {
        return packets.get(sent, [&] {
            return std::make_shared<const Encoded>(instruments.codec().encode(media(), sent));
        });
    }

    PicturesPtr receive(const Configuration& sent) {
        bool fresh = false;
        auto pictures = received.get(sent, [&] {
            fresh = true;
            const auto encoded = encode(sent);
            return std::make_shared<const Pictures>(
                pictures_of(instruments.codec().decode(*encoded), instruments.input));
        });
        if (fresh) remember_received(sent, bytes_of(*pictures));
        return pictures;
    }

    void remember_received(const Configuration& sent, std::size_t bytes) {
        const std::lock_guard lock(received_mutex);
        received_order.emplace_back(sent, bytes);
        received_bytes += bytes;
        while (received_bytes > kReceivedBytes && received_order.size() > 1) {
            received.forget(received_order.front().first);
            received_bytes -= received_order.front().second;
            received_order.pop_front();
        }
    }

    Encoding measure_encoding(const Configuration& sent) {
        const auto encoded = encode(sent);
        const auto pictures = receive(sent);
        return {encoded->bytes, encoded->kept,
                difference_map(source_pictures(), *pictures, encoded->kept)};
    }

    Output measure_output(const Configuration& sent, const Dnn& dnn) {
        const auto pictures = receive(sent);
        return expand(dnn.model().infer(*pictures), encode(sent)->kept, segment.info.frames);
    }

    Gradient measure_gradient(const Configuration& sent, const Dnn& dnn, double floor) {
        return dnn.model().gradient(receive(sent)->back(), floor);
    }
};

const Dnn& Instruments::dnn(const Configuration& configuration) const {
    const auto found = dnns.find(configuration.get(kModelKnob, dnns.rbegin()->first));
    if (found != dnns.end()) return found->second;
    throw UsageError(fmt::format("configuration '{}'", configuration.text()),
                     "names a size of the DNN that is not in use",
                     "add model to --knob, or the size to --values model=...");
}

Measurements::Measurements(SegmentRef segment, const Instruments& instruments, Trace& trace)
    : impl_(std::make_unique<Impl>(std::move(segment), instruments, trace)) {}

Measurements::~Measurements() = default;

const SegmentInfo& Measurements::segment() const {
    return impl_->segment.info;
}

EncodingPtr Measurements::encoding(const Configuration& configuration) {
    const Configuration sent = as_sent(configuration);
    return impl_->encodings.get(sent, [&] {
        return recall_or_measure<Encoding>(impl_->trace, Measured::encoding,
                                           impl_->encoding_key(sent),
                                           [&] { return impl_->measure_encoding(sent); });
    });
}

PicturesPtr Measurements::received(const Configuration& configuration) {
    return impl_->receive(as_sent(configuration));
}

OutputPtr Measurements::output(const Configuration& configuration) {
    return impl_->outputs.get(configuration, [&] {
        const Configuration sent = as_sent(configuration);
        const Dnn& dnn = impl_->instruments.dnn(configuration);
        Output output =
            *recall_or_measure<Output>(impl_->trace, Measured::output, impl_->output_key(sent, dnn),
                                       [&] { return impl_->measure_output(sent, dnn); });
        output.threshold = dnn.threshold;
        return std::make_shared<const Output>(std::move(output));
    });
}

GradientPtr Measurements::gradient(const Configuration& configuration, double floor) {
    return impl_->gradients.get({configuration, floor}, [&] {
        const Configuration sent = as_sent(configuration);
        const Dnn& dnn = impl_->instruments.dnn(configuration);
        return recall_or_measure<Gradient>(
            impl_->trace, Measured::gradient, impl_->gradient_key(sent, dnn, floor),
            [&] { return impl_->measure_gradient(sent, dnn, floor); });
    });
}

double forward_gflop(const Dnn& dnn, cv::Size size, Trace& trace) {
    const Hash128 key = Hasher().add(dnn.identity).add(size.width).add(size.height).finish();
    return *recall_or_measure<double>(trace, Measured::gflop, key,
                                      [&] { return dnn.model().gflop(size); });
}

}  // namespace oneadapt
