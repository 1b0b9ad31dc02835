#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "codec/codec.hpp"
#include "dnn/model.hpp"
#include "measure/instruments.hpp"
#include "trace/trace.hpp"

namespace oneadapt {

/// A TorchScript file and what its sidecar says.
struct ModelFile {
    std::filesystem::path file;
    Sidecar sidecar;
    std::string size = {};                ///< Dnn::size
    std::string role = {};                ///< of a network that helps a model, else empty
    std::optional<Hash128> content = {};  ///< of the file, where it is known beforehand
    int exit = 0;                         ///< Dnn::exit

    /// Dnn::name.
    std::string name() const;
};

/// The LibTorch and the device of each measurement in a trace, e.g. "LibTorch 1.13.0 on cpu": the
/// same model says the same on all of them but for the last digits.
std::vector<std::string> runtimes_of(const Trace& trace);

/// Which instruments a run measures with.
struct WorkbenchOptions {
    std::vector<ModelFile> models;            ///< as in Instruments::dnns; all of one form
    std::vector<ModelFile> auxiliaries = {};  ///< see load_auxiliary_sidecar()
    std::string codec = "h264";
    std::string preset = "medium";
    std::string device = "cpu";
    bool offline = false;
};

/// Builds the instruments of a run. A DNN is loaded on first use, so that a warm replay never
/// waits for it; offline, the trace says which encoder and DNN its measurements were taken with.
class Workbench {
  public:
    /// Throws UsageError for an unknown codec or preset; ModelError when the model cannot be read;
    /// TraceError when `offline` and the trace knows neither encoder nor model. The instruments
    /// throw UsageError for an unknown device before the first of them measures.
    Workbench(WorkbenchOptions options, Trace& trace);
    ~Workbench();

    const Instruments& instruments() const;

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace oneadapt
