#include "sim/workbench.hpp"

#include <algorithm>
#include <mutex>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "support/errors.hpp"

namespace oneadapt {
namespace {

std::string encoder_fact(const WorkbenchOptions& options) {
    return fmt::format("encoder/{}/{}", options.codec, options.preset);
}

std::string model_fact(const WorkbenchOptions& options) {
    return "model/" + options.model.filename().string();
}

[[noreturn]] void missing(const Trace& trace, const std::string& what) {
    throw TraceError(trace.file().string(), "lacks " + what, "record it first, without --offline");
}

std::string encoder_identity(const WorkbenchOptions& options, Trace& trace) {
    const CodecKind& kind = find_codec(options.codec);
    if (options.offline) {
        const auto known = trace.find_fact(encoder_fact(options));
        if (!known)
            missing(trace, "measurements with codec and preset of " + encoder_fact(options));
        return *known;
    }
    std::string identity = kind.create(options.preset)->identity();
    trace.store_fact(encoder_fact(options), identity);
    return identity;
}

Hash128 model_file_hash(const WorkbenchOptions& options, Trace& trace) {
    if (options.offline && !std::filesystem::exists(options.model)) {
        const auto known = trace.find_fact(model_fact(options));
        if (!known) missing(trace, "measurements with " + model_fact(options));
        return Hash128::from_hex(*known);
    }
    if (!std::filesystem::is_regular_file(options.model)) {
        throw ModelError(options.model.string(), "is not a file", "name a TorchScript file");
    }
    const Hash128 hash = hash_file(options.model);
    if (!options.offline) trace.store_fact(model_fact(options), hash.hex());
    return hash;
}

void check_device(const std::string& device) {
    const std::vector<std::string> known = available_devices();
    const std::string name = device == "cuda" ? "cuda:0" : device;
    if (std::ranges::find(known, name) == known.end()) {
        throw UsageError(fmt::format("--device {}", device), "is not available",
                         fmt::format("choose from {}", fmt::join(known, ", ")));
    }
}

}  // namespace

struct Workbench::Impl {
    WorkbenchOptions options;
    Instruments instruments;
    std::once_flag codec_once;
    std::once_flag model_once;
    std::unique_ptr<Codec> codec;
    std::unique_ptr<Model> model;
};

Workbench::Workbench(WorkbenchOptions options, Trace& trace) : impl_(std::make_unique<Impl>()) {
    Impl& impl = *impl_;
    impl.options = std::move(options);
    const WorkbenchOptions& o = impl.options;
    if (!o.offline) check_device(o.device);
    impl.instruments.encoder = encoder_identity(o, trace);
    impl.instruments.model =
        Hasher().add(model_file_hash(o, trace)).add(o.sidecar.output_hash()).finish();
    impl.instruments.threshold = o.sidecar.score_threshold;
    impl.instruments.input = input_space(o.sidecar);
    impl.instruments.codec = [&impl, &trace]() -> const Codec& {
        if (impl.options.offline) missing(trace, "an encoding of this segment and configuration");
        std::call_once(impl.codec_once, [&impl] {
            impl.codec = find_codec(impl.options.codec).create(impl.options.preset);
        });
        return *impl.codec;
    };
    impl.instruments.dnn = [&impl, &trace]() -> const Model& {
        if (impl.options.offline) missing(trace, "a DNN output or gradient");
        std::call_once(impl.model_once, [&impl] {
            impl.model = load_model(impl.options.model, impl.options.sidecar, impl.options.device);
        });
        return *impl.model;
    };
}

Workbench::~Workbench() = default;

const Instruments& Workbench::instruments() const {
    return impl_->instruments;
}

}  // namespace oneadapt
