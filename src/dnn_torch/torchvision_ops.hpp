#pragma once

namespace oneadapt {

/// Makes the operators that torchvision's scripted detectors call (`torchvision::nms`,
/// `torchvision::roi_align`) known to LibTorch, unless the torchvision library did: Debian and the
/// LibTorch of a PyTorch wheel ship without it. Built from LibTorch's own differentiable operators,
/// so they run, and have gradients, on every device. Safe to repeat.
void register_torchvision_ops();

}  // namespace oneadapt
