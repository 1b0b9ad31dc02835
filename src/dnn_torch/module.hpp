#pragma once

#include <exception>
#include <filesystem>
#include <memory>
#include <string>
#include <utility>

#include <ATen/core/ivalue.h>
#include <c10/core/Device.h>

namespace oneadapt {

/// Call where an exception was caught: throws std::bad_alloc where it says that there is too little
/// memory, which is no fault of the model's, and a run on which would say other numbers.
void rethrow_lack_of_memory(const std::exception& error);

/// One line that says why LibTorch gave up, out of its pages of traces.
std::string torch_reason(const std::exception& error);

/// A TorchScript module whose `forward` takes one argument. Safe to call from several threads at
/// once; the result depends on the argument alone.
///
/// One with exits has `stage(k, state)`, too: stage k, from 1 on, of a list of tensors that the
/// stage before it left, the first of the input's; it returns the list for the next and its exit's
/// output.
class TorchModule {
  public:
    /// Loads a module. Its `forward` must take a list of tensors (`takes_list`) or a tensor, and
    /// there must be a `stage` where it has `exits`. Throws ModelError.
    TorchModule(const std::filesystem::path& file, c10::Device device, bool takes_list, int exits);
    ~TorchModule();

    /// Runs `forward`, with gradients recorded if the calling thread's gradient mode is on. Throws
    /// what LibTorch throws.
    c10::IValue forward(const c10::IValue& input) const;

    /// Runs one stage, like forward(): what it leaves for the next, and its exit's output.
    std::pair<c10::List<at::Tensor>, c10::IValue> stage(int k,
                                                        const c10::List<at::Tensor>& state) const;

  private:
    class Pool;
    template <class Call>
    c10::IValue with_module(const Call& call) const;

    std::unique_ptr<Pool> plain_;
    std::unique_ptr<Pool> frozen_;
};

}  // namespace oneadapt
