"""What PyTorch and torchvision themselves say of a frame, to compare the C++ program with.

    reference.py MODEL.pt FRAME.i420 WIDTH HEIGHT FLOOR

Prints a line "z SUM" (utility at threshold 0.5 over detections above FLOOR, and the sum of
|dz/dx|), then a line "x1 y1 x2 y2 score label" per detection, best first.
"""

import sys

import cv2
import numpy
import torch
import torchvision  # noqa: F401 - registers the operators that scripted detectors call

model, frame, width, height, floor = sys.argv[1:]
width, height, floor = int(width), int(height), float(floor)
i420 = numpy.fromfile(frame, numpy.uint8).reshape(height * 3 // 2, width)
rgb = cv2.cvtColor(i420, cv2.COLOR_YUV2RGB_I420)
image = torch.from_numpy(rgb).permute(2, 0, 1).float().div(255).requires_grad_(True)
with torch.jit.optimized_execution(False):
    found = torch.jit.load(model).eval()([image])[1][0]
chosen = (found["scores"] > floor).nonzero().flatten()
scores = found["scores"][chosen]
utility = torch.sigmoid(20 * (scores.double() - 0.5)).sum()
gradient, = torch.autograd.grad(utility, image)
print(utility.item(), gradient.abs().sum().item())
for i in chosen[scores.argsort(descending=True, stable=True)]:
    print(*found["boxes"][i].tolist(), found["scores"][i].item(), found["labels"][i].item())
