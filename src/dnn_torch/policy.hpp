#pragma once

#include <filesystem>
#include <memory>

#include "dnn/policy.hpp"

namespace oneadapt {

/// See oneadapt::load_policy().
std::unique_ptr<Policy> load_torch_policy(const std::filesystem::path& file);

}  // namespace oneadapt
