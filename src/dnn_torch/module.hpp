#pragma once

#include <exception>
#include <filesystem>
#include <memory>
#include <string>

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
class TorchModule {
  public:
    /// Loads a module. Its `forward` must take a list of tensors (`takes_list`) or a tensor. Throws
    /// ModelError.
    TorchModule(const std::filesystem::path& file, c10::Device device, bool takes_list);
    ~TorchModule();

    /// Runs `forward`, with gradients recorded if the calling thread's gradient mode is on. Throws
    /// what LibTorch throws.
    c10::IValue forward(const c10::IValue& input) const;

  private:
    class Pool;
    std::unique_ptr<Pool> plain_;
    std::unique_ptr<Pool> frozen_;
};

}  // namespace oneadapt
