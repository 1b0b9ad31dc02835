#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include <opencv2/core.hpp>

#include "dnn/sidecar.hpp"

namespace oneadapt {

/// What is had of a network that helps a DNN; one role has each.
enum class AuxiliaryUse {
    tiles,   ///< the camera's: a number in [0,1] for each tile
    picture  ///< the server's: a better picture
};

/// What a network is for that helps a DNN, on either machine: a row of the table of roles.
struct AuxiliaryRole {
    std::string name;
    std::string summary;
    std::string tool;  ///< that trains such networks
    AuxiliaryUse use = AuxiliaryUse::picture;
};

/// Every role there is.
const std::vector<AuxiliaryRole>& auxiliary_table();

/// The row of that name; throws std::logic_error when there is none.
const AuxiliaryRole& find_auxiliary(const std::string& role);

/// Where the network of a role lies: beside its model, NAME.pt -> NAME.ROLE.pt.
std::filesystem::path auxiliary_path(const std::filesystem::path& model, const std::string& role);

/// The role of a file that is named like a network that helps a model; empty for others.
std::string auxiliary_role(const std::filesystem::path& file);

/// Reads the sidecar of a network that helps a model, NAME.ROLE.json beside NAME.ROLE.pt. The
/// network sees what the model sees, so all but file and source are the model's. Throws ModelError
/// as load_sidecar() does.
Sidecar load_auxiliary_sidecar(const std::filesystem::path& network, const std::string& role,
                               const Sidecar& model);

/// A network that helps a DNN, in TorchScript, which sees the pictures that the DNN sees. Safe to
/// use from several threads at once; results do not depend on how many.
class Network {
  public:
    virtual ~Network() = default;

    /// What it says of a picture: a tile map (CV_32F), or a picture of the same size and kind.
    /// Throws ModelError when that is not what comes out of it, or is not finite.
    virtual cv::Mat run(const cv::Mat& picture) const = 0;

    /// GFLOP of one forward pass at this analysis size, as Model::gflop() counts.
    virtual double gflop(cv::Size size) const = 0;
};

/// Loads the network `file` of that role with the sidecar of load_auxiliary_sidecar() onto
/// `device`; throws as load_model() does.
std::unique_ptr<Network> load_network(const std::filesystem::path& file, const std::string& role,
                                      const Sidecar& sidecar, const std::string& device);

}  // namespace oneadapt
