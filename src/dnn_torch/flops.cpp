#include "dnn_torch/flops.hpp"

#include <memory>
#include <string_view>

#include <ATen/record_function.h>

namespace oneadapt {
namespace {

thread_local double counted_flop = 0.0;

/// What the start of a convolution knows of its cost; its end knows the size of the output.
struct Pending : at::ObserverContext {
    double flop_per_output = 0.0;
};

double dims(const at::Tensor& tensor, std::int64_t first, std::int64_t last) {
    double product = 1.0;
    for (std::int64_t i = first; i < last; ++i) product *= static_cast<double>(tensor.size(i));
    return product;
}

/// Multiply-adds of [.., m, k] x [.., k, n], times two.
double product_flop(const at::Tensor& left, const at::Tensor& right) {
    const double columns = right.dim() > 1 ? static_cast<double>(right.size(-1)) : 1.0;
    return 2.0 * dims(left, 0, left.dim()) * columns;
}

std::unique_ptr<at::ObserverContext> on_start(const at::RecordFunction& call) {
    const std::string_view name = call.name();
    const auto inputs = call.inputs();
    if (name == "aten::mm" || name == "aten::bmm" || name == "aten::mv") {
        counted_flop += product_flop(inputs[0].toTensor(), inputs[1].toTensor());
    } else if (name == "aten::addmm" || name == "aten::baddbmm" || name == "aten::addmv") {
        counted_flop += product_flop(inputs[1].toTensor(), inputs[2].toTensor());
    } else if (name == "aten::_convolution") {  // which a traced model calls by itself
        const at::Tensor& weight = inputs[1].toTensor();
        const bool transposed = inputs[6].toBool();
        const double per_channel = 2.0 * dims(weight, 1, weight.dim());
        if (transposed) {
            const at::Tensor& input = inputs[0].toTensor();
            counted_flop += per_channel * dims(input, 0, input.dim());
        } else {
            auto pending = std::make_unique<Pending>();
            pending->flop_per_output = per_channel;
            return pending;
        }
    }
    return nullptr;
}

void on_end(const at::RecordFunction& call, at::ObserverContext* context) {
    const auto* pending = static_cast<const Pending*>(context);
    if (pending == nullptr || call.outputs().empty()) return;
    const at::Tensor& output = call.outputs().front().toTensor();
    counted_flop += pending->flop_per_output * dims(output, 0, output.dim());
}

class Counting {
  public:
    Counting()
        : handle_(at::addThreadLocalCallback(at::RecordFunctionCallback(&on_start, &on_end)
                                                 .needsInputs(true)
                                                 .needsOutputs(true)
                                                 .scopes({at::RecordScope::FUNCTION}))) {
        counted_flop = 0.0;
    }
    Counting(const Counting&) = delete;
    Counting& operator=(const Counting&) = delete;
    ~Counting() { at::removeCallback(handle_); }

  private:
    at::CallbackHandle handle_;
};

}  // namespace

double count_gflop(const std::function<void()>& work) {
    const Counting counting;
    work();
    return counted_flop / 1e9;
}

}  // namespace oneadapt
