#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "dnn/model.hpp"
#include "dnn/sidecar.hpp"

namespace oneadapt {

/// See load_model().
std::unique_ptr<Model> load_torch_model(const std::filesystem::path& file, const Sidecar& sidecar,
                                        const std::string& device);

}  // namespace oneadapt
