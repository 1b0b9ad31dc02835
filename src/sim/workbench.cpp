#include "sim/workbench.hpp"

#include <algorithm>
#include <mutex>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "dnn/runtime.hpp"
#include "support/errors.hpp"
#include "support/input_file.hpp"
#include "support/module.hpp"

namespace oneadapt {
namespace {

std::string encoder_fact(const WorkbenchOptions& options) {
    return fmt::format("encoder/{}/{}", options.codec, options.preset);
}

std::string model_fact(const ModelFile& model) {
    return "model/" + model.file.filename().string();
}

constexpr const char* kRuntimes = "runtime/";

/// Stands for the hash where a trace knows measurements with several models of one file name.
constexpr const char* kSeveral = "several";

[[noreturn]] void missing(const Trace& trace, const std::string& what) {
    throw NotRecorded(trace.file().string(), what);
}

std::string encoder_identity(const WorkbenchOptions& options, Trace& trace) {
    const CodecKind& kind = find_codec(options.codec);
    if (options.offline) {
        const auto known = trace.find_fact(encoder_fact(options));
        if (!known)
            missing(trace, "measurements with codec and preset of " + encoder_fact(options));
        return *known;
    }
    // To ask an encoder who it is takes loading its libraries, which a warm run never needs.
    const std::string here = encoder_fact(options) + "/" + module_state(kind.module);
    if (const auto known = trace.find_fact(here)) return *known;
    std::string identity = kind.create(options.preset)->identity();
    trace.store_fact(encoder_fact(options), identity);
    trace.store_fact(here, identity);
    return identity;
}

Hash128 model_file_hash(const ModelFile& model, bool offline, Trace& trace) {
    if (offline && !std::filesystem::exists(model.file)) {
        if (model.content) return *model.content;
        const auto known = trace.find_fact(model_fact(model));
        if (!known) missing(trace, "measurements with " + model_fact(model));
        if (*known == kSeveral) {
            throw TraceError(
                trace.file().string(),
                "has measurements with several models of one name, " + model_fact(model),
                fmt::format("put the one that is meant at {}: it is known by its content",
                            model.file.string()));
        }
        return Hash128::from_hex(*known);
    }
    check_regular(model.file, FileRole::model, "name a TorchScript file");
    return hash_file(model.file);
}

Hash128 identity_of(const ModelFile& model, const Hash128& content) {
    Hasher hasher;
    hasher.add(content).add(model.sidecar.output_hash());
    if (model.exit > 0) hasher.add(model.exit);
    return hasher.finish();
}

/// Lets offline runs know the model by its file's name.
void remember_model(const ModelFile& model, const Hash128& hash, Trace& trace) {
    const std::string known = trace.find_fact(model_fact(model)).value_or(hash.hex());
    trace.store_fact(model_fact(model), known == hash.hex() ? known : kSeveral);
}

/// A processor there always is; to know of others takes LibTorch, which a warm run never loads.
void check_device(const std::string& device) {
    if (device == "cpu") return;
    const std::vector<std::string> known = available_devices();
    const std::string name = device == "cuda" ? "cuda:0" : device;
    if (std::ranges::find(known, name) == known.end()) {
        throw UsageError(fmt::format("--device {}", device), "is not available",
                         fmt::format("choose from {}", fmt::join(known, ", ")));
    }
}

}  // namespace

std::string ModelFile::name() const {
    const std::string family = file.stem().string();
    return exit == sidecar.exits ? family : fmt::format("{}@{}", family, exit);
}

struct Workbench::Impl {
    template <class Kind>
    struct Loaded {
        std::once_flag once;
        std::unique_ptr<Kind> is;
    };

    WorkbenchOptions options;
    Instruments instruments;
    std::once_flag device_once;
    std::once_flag codec_once;
    std::unique_ptr<Codec> codec;
    std::map<std::filesystem::path, Loaded<Model>> models;
    std::map<std::filesystem::path, Loaded<Network>> networks;

    /// Refuses a device before the first thing is measured.
    void check_measuring() {
        std::call_once(device_once, [this] { check_device(options.device); });
    }

    Dnn dnn(const ModelFile& file, Trace& trace) {
        const Hash128 hash = model_file_hash(file, options.offline, trace);
        return {
            .name = file.name(),
            .size = file.size,
            .identity = identity_of(file, hash),
            .threshold = file.sidecar.score_threshold,
            .family = file.file.stem().string(),
            .exit = file.exit,
            .model = [this, &file, hash, &loaded = models[file.file], &trace]() -> const Model& {
                if (options.offline) missing(trace, "a DNN output or gradient");
                return load(loaded, file, hash, trace,
                            [&] { return load_model(file.file, file.sidecar, options.device); });
            }};
    }

    Auxiliary auxiliary(const ModelFile& file, Trace& trace) {
        const Hash128 hash = model_file_hash(file, options.offline, trace);
        const Sidecar& sees = file.sidecar;
        return {.role = file.role,
                .name = file.file.stem().string(),
                .identity = Hasher()
                                .add(hash)
                                .add(file.role)
                                .add(sees.input_kind)
                                .add(sees.channels)
                                .add(sees.range_low)
                                .add(sees.range_high)
                                .add(sees.bev.text())
                                .finish(),
                .network = [this, &file, hash, &loaded = networks[file.file],
                            &trace]() -> const Network& {
                    if (options.offline) {
                        missing(trace, fmt::format("what {} says", file.file.filename().string()));
                    }
                    return load(loaded, file, hash, trace, [&] {
                        return load_network(file.file, file.role, file.sidecar, options.device);
                    });
                }};
    }

    /// Loads what is not loaded yet, and lets the trace know it.
    template <class Kind, class Load>
    const Kind& load(Loaded<Kind>& loaded, const ModelFile& file, const Hash128& hash, Trace& trace,
                     const Load& from_file) {
        check_measuring();
        std::call_once(loaded.once, [&] {
            loaded.is = from_file();
            remember_model(file, hash, trace);
            trace.store_fact(fmt::format("{}LibTorch {} on {}", kRuntimes, dnn_runtime().version(),
                                         options.device),
                             "");
        });
        return *loaded.is;
    }
};

Workbench::Workbench(WorkbenchOptions options, Trace& trace) : impl_(std::make_unique<Impl>()) {
    Impl& impl = *impl_;
    impl.options = std::move(options);
    const WorkbenchOptions& o = impl.options;
    impl.instruments.encoder = encoder_identity(o, trace);
    impl.instruments.input = input_space(o.models.front().sidecar);
    for (const ModelFile& file : o.models) {
        impl.instruments.dnns.push_back(impl.dnn(file, trace));
    }
    for (const ModelFile& file : o.auxiliaries) {
        impl.instruments.auxiliaries.push_back(impl.auxiliary(file, trace));
    }
    impl.instruments.codec = [&impl, &trace]() -> const Codec& {
        if (impl.options.offline) missing(trace, "an encoding of this segment and configuration");
        impl.check_measuring();
        std::call_once(impl.codec_once, [&impl, &trace] {
            impl.codec = find_codec(impl.options.codec).create(impl.options.preset);
            if (impl.codec->identity() != impl.instruments.encoder) {
                throw TraceError(trace.file().string(),
                                 "knows this encoder as " + impl.instruments.encoder +
                                     ", and it is " + impl.codec->identity(),
                                 "record into a new trace");
            }
        });
        return *impl.codec;
    };
}

Workbench::~Workbench() = default;

std::vector<std::string> runtimes_of(const Trace& trace) {
    return trace.facts_under(kRuntimes);
}

const Instruments& Workbench::instruments() const {
    return impl_->instruments;
}

}  // namespace oneadapt
