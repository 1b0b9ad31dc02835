#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "dnn/auxiliary.hpp"

namespace oneadapt {

/// See load_network().
std::unique_ptr<Network> load_torch_network(const std::filesystem::path& file,
                                            const std::string& role, const Sidecar& sidecar,
                                            const std::string& device);

}  // namespace oneadapt
