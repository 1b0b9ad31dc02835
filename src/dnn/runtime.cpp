#include "dnn/runtime.hpp"

#include <map>
#include <mutex>

#include "support/module.hpp"

namespace oneadapt {
namespace {

const DnnRuntime& load_runtime() {
    return module_function<const DnnRuntime&()>("oneadapt-torch", "oneadapt_dnn_runtime")();
}

}  // namespace

const DnnRuntime& dnn_runtime() {
    static const DnnRuntime& runtime = load_runtime();
    return runtime;
}

std::unique_ptr<Model> load_model(const std::filesystem::path& file, const Sidecar& sidecar,
                                  const std::string& device) {
    return dnn_runtime().load_model(file, sidecar, device);
}

std::shared_ptr<const Policy> load_policy(const std::filesystem::path& file) {
    static std::mutex mutex;
    static std::map<std::filesystem::path, std::weak_ptr<const Policy>> loaded;
    const std::lock_guard lock(mutex);
    std::weak_ptr<const Policy>& held = loaded[file];
    std::shared_ptr<const Policy> policy = held.lock();
    if (!policy) held = policy = dnn_runtime().load_policy(file);
    return policy;
}

std::unique_ptr<Network> load_network(const std::filesystem::path& file, const std::string& role,
                                      const Sidecar& sidecar, const std::string& device) {
    return dnn_runtime().load_network(file, role, sidecar, device);
}

std::vector<std::string> available_devices() {
    return dnn_runtime().devices();
}

}  // namespace oneadapt
