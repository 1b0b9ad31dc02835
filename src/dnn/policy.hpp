#pragma once

#include <filesystem>
#include <memory>
#include <vector>

#include <opencv2/core.hpp>

namespace oneadapt {

/// A trained policy of a scheme, in TorchScript: it gives each row of numbers a score. Safe to use
/// from several threads at once; scores do not depend on how many.
class Policy {
  public:
    virtual ~Policy() = default;

    /// The score of each row, `rows` being CV_32F. Throws ModelError when it takes other rows, or
    /// says something else than a finite number for each.
    virtual std::vector<float> scores(const cv::Mat& rows) const = 0;
};

/// Loads TorchScript `file`, whose forward() takes a tensor [rows, numbers] and returns one of
/// [rows, 1]; once for all who hold it at a time. Throws ModelError when it cannot be used.
std::shared_ptr<const Policy> load_policy(const std::filesystem::path& file);

}  // namespace oneadapt
