#include "dnn/runtime.hpp"

#include <atomic>

#include "support/module.hpp"

namespace oneadapt {
namespace {

std::atomic<bool> loaded{false};

const DnnRuntime& load_runtime() {
    const DnnRuntime& runtime =
        module_function<const DnnRuntime&()>("oneadapt-torch", "oneadapt_dnn_runtime")();
    loaded = true;
    return runtime;
}

}  // namespace

const DnnRuntime& dnn_runtime() {
    static const DnnRuntime& runtime = load_runtime();
    return runtime;
}

bool dnn_runtime_loaded() noexcept {
    return loaded;
}

std::unique_ptr<Model> load_model(const std::filesystem::path& file, const Sidecar& sidecar,
                                  const std::string& device) {
    return dnn_runtime().load_model(file, sidecar, device);
}

std::vector<std::string> available_devices() {
    return dnn_runtime().devices();
}

}  // namespace oneadapt
