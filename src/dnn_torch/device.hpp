#pragma once

#include <string>
#include <vector>

#include <c10/core/Device.h>

namespace oneadapt {

/// See available_devices().
std::vector<std::string> torch_devices();

/// The device of that name. Throws UsageError, listing what there is, for an unknown or absent one.
c10::Device parse_device(const std::string& name);

/// Makes LibTorch and the BLAS below it use one thread for work that the calling thread asks for:
/// callers run one worker per core, and results must not depend on how many. The first call also
/// sets the process's memory allocator up for such workers. Cheap to repeat.
void use_one_thread();

/// Makes convolutions on a GPU repeatable and full precision, for the whole process.
void use_repeatable_kernels();

}  // namespace oneadapt
