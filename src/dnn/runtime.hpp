#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "dnn/auxiliary.hpp"
#include "dnn/model.hpp"
#include "dnn/policy.hpp"
#include "dnn/sidecar.hpp"

namespace oneadapt {

/// What runs DNNs: LibTorch, in a module that is loaded when it is first asked for, since loading
/// it takes longer than most replays.
class DnnRuntime {
  public:
    virtual ~DnnRuntime() = default;

    /// See oneadapt::load_model().
    virtual std::unique_ptr<Model> load_model(const std::filesystem::path& file,
                                              const Sidecar& sidecar,
                                              const std::string& device) const = 0;

    /// See oneadapt::load_policy().
    virtual std::unique_ptr<Policy> load_policy(const std::filesystem::path& file) const = 0;

    /// See oneadapt::load_network().
    virtual std::unique_ptr<Network> load_network(const std::filesystem::path& file,
                                                  const std::string& role, const Sidecar& sidecar,
                                                  const std::string& device) const = 0;

    /// See oneadapt::available_devices().
    virtual std::vector<std::string> devices() const = 0;

    /// Version of LibTorch, and its GPU toolkit's if it has one.
    virtual std::string version() const = 0;

    /// The linear-algebra library that matrix products run on, e.g. "OpenBLAS 0.3.21", "reference
    /// BLAS" or "built into LibTorch".
    virtual std::string blas() const = 0;

    /// Measured speed of float matrix products on one thread, in GFLOP/s.
    virtual double matmul_gflops() const = 0;
};

/// The runtime, its module (`oneadapt-torch`) loaded on the first call. Throws InstallationError,
/// see load_module().
const DnnRuntime& dnn_runtime();

}  // namespace oneadapt
