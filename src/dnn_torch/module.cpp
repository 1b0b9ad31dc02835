#include "dnn_torch/module.hpp"

#include <algorithm>
#include <mutex>
#include <new>
#include <string_view>
#include <vector>

#include <fmt/format.h>
#include <torch/script.h>
#include <torch/version.h>

#include "dnn_torch/silence.hpp"
#include "dnn_torch/torchvision_ops.hpp"
#include "support/errors.hpp"
#include "support/input_file.hpp"

namespace oneadapt {
namespace {

using torch::jit::Module;

constexpr const char* kStage = "stage";

/// Optimising by what earlier calls looked like makes the tenth call differ from the first in the
/// last bits.
using NoProfiling = torch::jit::GraphOptimizerEnabledGuard;

Module read_module(const std::filesystem::path& file, c10::Device device) {
    const std::string where = file.string();
    check_regular(file, FileRole::model, "name a TorchScript file");
    register_torchvision_ops();
    try {
        return torch::jit::load(where, device);
    } catch (const std::exception& error) {
        rethrow_lack_of_memory(error);
        throw ModelError(
            where,
            fmt::format("is not a TorchScript file that this LibTorch ({}) can load "
                        "({})",
                        TORCH_VERSION, torch_reason(error)),
            "write it with torch.jit.script(model).save(FILE) in a PyTorch no newer than that");
    }
}

/// Refuses a model that cannot be called the way its convention calls it.
void check_signature(const Module& module, bool takes_list, const std::string& where) {
    const auto method = module.find_method("forward");
    if (!method) throw ModelError(where, "has no forward()", "export the whole detector");
    const auto& arguments = method->function().getSchema().arguments();
    const auto needed = std::ranges::count_if(arguments, [](const c10::Argument& argument) {
        return !argument.default_value().has_value();
    });
    const std::string wanted = takes_list ? "a list of tensors" : "one tensor";
    if (arguments.size() < 2 || needed > 2) {
        throw ModelError(where, fmt::format("forward() needs {} arguments", needed - 1),
                         fmt::format("it must take {}", wanted));
    }
    const auto kind = arguments[1].type()->kind();
    if (kind != (takes_list ? c10::TypeKind::ListType : c10::TypeKind::TensorType)) {
        throw ModelError(
            where, fmt::format("forward() takes {}", arguments[1].type()->str()),
            fmt::format("the sidecar's 'output' convention passes {}: mend one of the two",
                        wanted));
    }
}

/// Refuses a model of which the sidecar says that it has exits, and that cannot be stopped there.
void check_stage(const Module& module, const std::string& where) {
    const auto method = module.find_method(kStage);
    const char* const remedy =
        "export it as an anytime model (see datasets/models/README.md), or leave 'exits' out of "
        "the sidecar";
    if (!method) throw ModelError(where, "has no stage(), and no early exits", remedy);
    const auto schema = method->function().getSchema();
    const auto is_list = [](const c10::TypePtr& type) {
        return type->isSubtypeOf(*c10::ListType::ofTensors());
    };
    const auto& in = schema.arguments();
    const auto out = schema.returns().front().type()->cast<c10::TupleType>();
    const bool fits = in.size() == 3 && in[1].type()->kind() == c10::TypeKind::IntType &&
                      is_list(in[2].type()) && out && out->elements().size() == 2 &&
                      is_list(out->elements().front());
    if (fits) return;
    throw ModelError(where,
                     "has a stage() that is not (k: int, state: List[Tensor]) -> "
                     "Tuple[List[Tensor], output]",
                     remedy);
}

/// The module with its weights turned into constants, folded into one another and, on a CPU, laid
/// out as its convolutions want them.
Module frozen(const Module& module, c10::Device device, bool staged) {
    const std::vector<std::string> kept =
        staged ? std::vector<std::string>{kStage} : std::vector<std::string>{};
    try {
        Module constant = torch::jit::freeze(module, kept);
        return device.is_cpu() ? torch::jit::optimize_for_inference(constant, kept) : constant;
    } catch (const std::exception& error) {
        rethrow_lack_of_memory(error);
        return module;  // a module that cannot be frozen is slower, not wrong
    }
}

bool blank(std::string_view line) {
    return line.find_first_not_of(" \t\r") == std::string_view::npos;
}

}  // namespace

void rethrow_lack_of_memory(const std::exception& error) {
    if (dynamic_cast<const std::bad_alloc*>(&error) != nullptr) throw;
    const std::string_view text = error.what();
    // What LibTorch's allocators say, on a CPU and on a GPU.
    for (const char* words : {"can't allocate memory", "out of memory", "std::bad_alloc"}) {
        if (text.find(words) != std::string_view::npos) throw std::bad_alloc();
    }
}

std::string torch_reason(const std::exception& error) {
    const auto* torch_error = dynamic_cast<const c10::Error*>(&error);
    const std::string text =
        torch_error != nullptr ? torch_error->what_without_backtrace() : error.what();
    // The interpreter puts the reason last, below a trace of the model's own code.
    const bool traced = text.find("Traceback of TorchScript") != std::string::npos;
    std::string reason;
    for (std::size_t start = 0; start <= text.size();) {
        const std::size_t end = std::min(text.find('\n', start), text.size());
        const std::string_view line(text.data() + start, end - start);
        if (!blank(line) && (traced || reason.empty())) reason = line;
        start = end + 1;
    }
    return reason;
}

/// Modules that write to their own attributes (torchvision's detectors do) cannot be shared by two
/// threads, so each call has one to itself. Copies of a frozen module share its weights.
class TorchModule::Pool {
  public:
    explicit Pool(const Module& pristine) : pristine_(pristine) {}

    Module take() {
        const std::scoped_lock lock(mutex_);
        if (idle_.empty()) return pristine_.deepcopy();
        Module module = idle_.back();
        idle_.pop_back();
        return module;
    }

    void give_back(const Module& module) {
        const std::scoped_lock lock(mutex_);
        idle_.push_back(module);
    }

  private:
    std::mutex mutex_;
    Module pristine_;
    std::vector<Module> idle_;
};

TorchModule::TorchModule(const std::filesystem::path& file, c10::Device device, bool takes_list,
                         int exits) {
    Module module = read_module(file, device);
    check_signature(module, takes_list, file.string());
    if (exits > 0) check_stage(module, file.string());
    module.eval();
    for (at::Tensor parameter : module.parameters()) parameter.requires_grad_(false);
    frozen_ = std::make_unique<Pool>(frozen(module, device, exits > 0));
    plain_ = std::make_unique<Pool>(module);
}

TorchModule::~TorchModule() = default;

template <class Call>
c10::IValue TorchModule::with_module(const Call& call) const {
    const NoProfiling no_profiling(false);
    const Silence silence;
    // Freezing drops detach(), so only the module as it was written has the gradients meant.
    Pool& pool = at::GradMode::is_enabled() ? *plain_ : *frozen_;
    Module module = pool.take();
    c10::IValue output = call(module);
    pool.give_back(module);
    return output;
}

c10::IValue TorchModule::forward(const c10::IValue& input) const {
    return with_module([&](Module& module) { return module.forward({input}); });
}

std::pair<c10::List<at::Tensor>, c10::IValue> TorchModule::stage(
    int k, const c10::List<at::Tensor>& state) const {
    const c10::IValue both = with_module([&](Module& module) {
        return module.get_method(kStage)({k, state});
    });
    const auto& parts = both.toTupleRef().elements();
    return {parts[0].toTensorList(), parts[1]};
}

}  // namespace oneadapt
