#pragma once

#include <vector>

#include <opencv2/core.hpp>

#include "dnn/input.hpp"
#include "knobs/knob_space.hpp"

namespace oneadapt {

/// How much the same change matters in each tile of a frame, as a DNN's gradients say that were
/// taken lately.
class TileWeights {
  public:
    /// Each gradient counts `memory` of the one after it; all tiles share the share `floor` alike,
    /// so that what no gradient speaks of is not given up.
    TileWeights(double memory, double floor) : memory_(memory), floor_(floor) {}

    /// Takes in |dz/dx| of each tile, CV_32F; returns the weights, of mean 1.
    cv::Mat add(const cv::Mat& saliency);

  private:
    double memory_;
    double floor_;
    cv::Mat mean_;
};

/// What encoding changes in each tile (CV_32F) to that power, beyond what a dearer encode of the
/// same frames changes: with powers above 1 a tile that is far off costs more than two that are
/// half as far.
cv::Mat damage(const cv::Mat& difference, const cv::Mat& dearer, double power);
cv::Mat damage(const cv::Mat& difference, double power);

/// A value of a regional knob: the damage in each tile if all regions have it, and what that saves
/// over the dearest value, in accuracy.
struct RegionalValue {
    cv::Mat damage;
    double saved = 0;
};

/// For each region the value, of those given from dear to cheap, whose loss is least beside what it
/// saves, the dearer of equals. The loss is `scale` of the region's part of the mean weighted
/// damage. What all regions save is shared between them by the damage of the cheapest value to the
/// share `busy`, since where little changes little was sent, and else alike.
Indices values_of_regions(const std::vector<RegionalValue>& values, const cv::Mat& weights,
                          double loss_of_damage, double busy, const RegionGrid& regions);

}  // namespace oneadapt
