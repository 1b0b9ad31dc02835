#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <opencv2/core.hpp>

#include "dnn/output.hpp"
#include "dnn/sidecar.hpp"

namespace oneadapt {

/// Side of the square tiles that difference and saliency maps are averaged over, in pixels.
inline constexpr int kTileSize = 16;

/// Slope of the utility's sigmoid (OneAdapt).
inline constexpr double kUtilitySlope = 20.0;

/// DNNGrad of one received picture (OneAdapt, section "DNNGrad").
struct Gradient {
    double utility = 0;  ///< z = sum over elements with score > floor of sigmoid(kUtilitySlope
                         ///< (score - threshold))
    cv::Mat
        saliency;  ///< |dz/dx| summed over channels, mean per tile; CV_32F, ceil(H/16) x ceil(W/16)
};

/// A DNN in TorchScript, which sees pictures of its input_space(). Safe to use from several threads
/// at once; results do not depend on how many.
///
/// An anytime DNN (Sidecar::exits) can be stopped after each of its exits, counted from 1; exit 0
/// is the end of any DNN. Stopping at an exit costs the stages up to it, the answers of earlier
/// exits included, which are there by then.
class Model {
  public:
    virtual ~Model() = default;

    virtual const Sidecar& sidecar() const = 0;

    /// Runs the DNN on each picture. Checks for Ctrl-C between pictures. Throws ModelError when the
    /// output breaks its convention or is not finite.
    virtual std::vector<FrameOutput> infer(const std::vector<cv::Mat>& pictures,
                                           int exit = 0) const = 0;

    /// What the DNN is unsure of in each picture, boxes from a score above `floor` on; of outputs
    /// that are nowhere in the picture, as words are, nothing. Else as infer().
    virtual std::vector<FrameProposals> propose(const std::vector<cv::Mat>& pictures, double floor,
                                                int exit = 0) const = 0;

    /// One forward pass and one backpropagation to the input, weights frozen. Elements are those
    /// after non-maximum suppression with score > `floor`. Throws ModelError.
    virtual Gradient gradient(const cv::Mat& picture, double floor, int exit = 0) const = 0;

    /// GFLOP of one forward pass at this analysis size: convolutions and matrix products, a
    /// multiply-add counting as two.
    virtual double gflop(cv::Size size, int exit = 0) const = 0;

    /// Type and shape of what the DNN itself returns for a picture, for people, e.g.
    /// "(Tensor[1,7200,4], Tensor[1,7200,80])".
    virtual std::string raw_output(const cv::Mat& /*picture*/, int /*exit*/ = 0) const {
        return {};
    }

    /// What is wrong with the exits, as a picture shows: a stage that starts from the input anew,
    /// an exit that says something else when the DNN goes on, an end that differs from forward().
    /// Empty where nothing is.
    virtual std::string exit_fault(const cv::Mat& /*picture*/) const { return {}; }
};

/// Loads TorchScript `file` with its sidecar onto `device` ("cpu", "cuda", "cuda:1"). Throws
/// ModelError when either cannot be used and UsageError for an unknown or absent device.
std::unique_ptr<Model> load_model(const std::filesystem::path& file, const Sidecar& sidecar,
                                  const std::string& device);

/// The devices of this LibTorch build: "cpu", and "cuda:N" for each GPU it can use.
std::vector<std::string> available_devices();

}  // namespace oneadapt
