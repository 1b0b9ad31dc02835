"""The street networks: small pyramids of features with an output grid of stride 8 or 4.

The detector's cells say how far away the four sides of an object's box are, and how likely the
object is one of each class; the segmenter's cells say how likely each class is there. All is 3x3
convolutions, batch normalisation (folded into them at export) and ReLU, so that it runs and
differentiates at any size that is a multiple of 32.
"""

import torch
from torch import nn
from torch.nn import functional as F
from torch.nn.utils.fusion import fuse_conv_bn_eval

STRIDE = 8  # of the detector's grid
SEGMENT_STRIDE = 4

# Channels at stride 2, 4, 8, 16 and 32, and how many residual blocks follow the last four.
SIZES = {
    "n": ((8, 16, 24, 32, 40), (0, 0, 1, 1)),
    "s": ((8, 16, 24, 40, 48), (0, 1, 2, 1)),
    "m": ((8, 24, 32, 48, 56), (0, 2, 2, 2)),
}


def conv(inputs, outputs, stride=1):
    return nn.Sequential(nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False),
                         nn.BatchNorm2d(outputs))


class Residual(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.body = conv(channels, channels)

    def forward(self, x):
        return F.relu(x + self.body(x))


class Down(nn.Module):
    """Halves the picture's size."""

    def __init__(self, inputs, outputs, blocks):
        super().__init__()
        self.reduce = conv(inputs, outputs, stride=2)
        self.blocks = nn.Sequential(*[Residual(outputs) for _ in range(blocks)])

    def forward(self, x):
        return self.blocks(F.relu(self.reduce(x)))


class Up(nn.Module):
    """Adds what a coarser level knows to a finer one."""

    def __init__(self, coarse, fine):
        super().__init__()
        self.narrow = conv(coarse, fine)
        self.fuse = conv(fine, fine)

    def forward(self, coarse, fine):
        wide = F.interpolate(F.relu(self.narrow(coarse)), scale_factor=2.0, mode="nearest")
        return F.relu(self.fuse(wide + fine))


class Pyramid(nn.Module):
    """Pictures B,channels,H,W (0 to 1) to features at strides 4 and 8, told of coarser ones."""

    def __init__(self, size, channels=3):
        super().__init__()
        (c2, c4, c8, c16, c32), (b4, b8, b16, b32) = SIZES[size]
        self.at2 = Down(channels, c2, 0)
        self.at4 = Down(c2, c4, b4)
        self.at8 = Down(c4, c8, b8)
        self.at16 = Down(c8, c16, b16)
        self.at32 = Down(c16, c32, b32)
        self.up16 = Up(c32, c16)
        self.up8 = Up(c16, c8)
        self.widths = (c4, c8)

    def features(self, x):
        x4 = self.at4(self.at2(x * 4.0 - 2.0))
        x8 = self.at8(x4)
        x16 = self.at16(x8)
        x16 = self.up16(self.at32(x16), x16)
        return x4, self.up8(x16, x8)


class Detector(Pyramid):
    """Pictures to raw outputs B,4+classes,H/8,W/8."""

    def __init__(self, size, classes, channels=3):
        super().__init__(size, channels)
        c8 = self.widths[1]
        self.head = conv(c8, c8)
        self.out = nn.Conv2d(c8, 4 + classes, 3, padding=1)
        nn.init.normal_(self.out.weight, std=0.01)
        with torch.no_grad():
            self.out.bias[:4] = 0.5
            self.out.bias[4:] = -4.0

    def forward(self, x):
        return self.out(F.relu(self.head(self.features(x)[1])))


class Segmenter(Pyramid):
    """Pictures to class scores before the softmax, B,1+classes,H/4,W/4; the first is of none."""

    def __init__(self, size, classes):
        super().__init__(size)
        c4, c8 = self.widths
        self.up4 = Up(c8, c4)
        self.classify = nn.Conv2d(c4, 1 + classes, 1)

    def forward(self, x):
        x4, x8 = self.features(x)
        return self.classify(self.up4(x8, x4))


class Importance(nn.Module):
    """Pictures to the chance of each macroblock to matter, B,1,H/16,W/16: a camera's network."""

    def __init__(self, channels=3):
        super().__init__()
        self.at2 = Down(channels, 6, 0)
        self.at4 = Down(6, 8, 0)
        self.at8 = Down(8, 16, 0)
        self.at16 = Down(16, 24, 1)
        self.at32 = Down(24, 32, 0)
        self.up16 = Up(32, 24)
        self.out = nn.Conv2d(24, 1, 3, padding=1)

    def forward(self, x):
        x16 = self.at16(self.at8(self.at4(self.at2(x * 4.0 - 2.0))))
        return torch.sigmoid(self.out(self.up16(self.at32(x16), x16)))


class Enlarger(nn.Module):
    """Pictures that were sent small and scaled back to better ones of the same size.

    It works at half the size, on the four pixels of each square together, and starts as nothing.
    """

    def __init__(self, channels=3, width=16, blocks=2):
        super().__init__()
        self.enter = nn.Conv2d(4 * channels, width, 3, padding=1)
        self.blocks = nn.ModuleList(nn.Conv2d(width, width, 3, padding=1) for _ in range(blocks))
        self.leave = nn.Conv2d(width, 4 * channels, 3, padding=1)
        nn.init.zeros_(self.leave.weight)
        nn.init.zeros_(self.leave.bias)

    def forward(self, x):
        y = F.relu(self.enter(F.pixel_unshuffle(x, 2)))
        for block in self.blocks:
            y = F.relu(y + block(y))
        return (x + F.pixel_shuffle(self.leave(y), 2)).clamp(0.0, 1.0)


def decode(raw, stride: float = float(STRIDE)):
    """Raw outputs to boxes B,N,4 (x1, y1, x2, y2 in input pixels) and class logits B,N,C."""
    rows = torch.arange(raw.size(2), device=raw.device, dtype=raw.dtype)
    columns = torch.arange(raw.size(3), device=raw.device, dtype=raw.dtype)
    y = ((rows + 0.5) * stride).view(1, -1, 1)
    x = ((columns + 0.5) * stride).view(1, 1, -1)
    sides = torch.exp(torch.clamp(raw[:, :4], max=5.0)) * stride
    boxes = torch.stack((x - sides[:, 0], y - sides[:, 1], x + sides[:, 2], y + sides[:, 3]), 3)
    logits = raw[:, 4:].permute(0, 2, 3, 1)
    return boxes.flatten(1, 2), logits.flatten(1, 2)


def relief(depth):
    """Depth, 0 to 1, to two channels: itself, and how far each spot stands out from around it.

    Seen from far above, a car differs from the road by one part in a hundred.
    """
    coarse = F.avg_pool2d(F.avg_pool2d(depth, 8), 5, 1, 2, count_include_pad=False)
    around = F.interpolate(coarse, scale_factor=8.0, mode="bilinear", align_corners=False)
    return torch.cat((depth, 0.5 + 0.25 * torch.tanh(20.0 * (depth - around))), 1)


class ExportedDetector(nn.Module):
    """What a detector's TorchScript file holds: pictures to (boxes, scores)."""

    def __init__(self, net, of_relief=False):
        super().__init__()
        self.net = net
        self.of_relief = of_relief

    def forward(self, x):
        if self.of_relief:
            x = relief(x)
        boxes, logits = decode(self.net(x))
        return boxes, torch.sigmoid(logits)


def fold_batch_norm(module):
    """Replaces each convolution and the normalisation behind it by one convolution, in place."""
    for name, child in module.named_children():
        is_pair = (isinstance(child, nn.Sequential) and len(child) == 2
                   and isinstance(child[1], nn.BatchNorm2d))
        if is_pair:
            setattr(module, name, fuse_conv_bn_eval(child[0], child[1]))
        else:
            fold_batch_norm(child)


def multiply_adds(net, width, height, channels=None):
    """Multiply-adds of one forward pass; channels as of the first layer where none are given."""
    total = 0

    def count(layer, _, output):
        nonlocal total
        total += layer.weight.numel() * output.shape[2] * output.shape[3]

    hooks = [layer.register_forward_hook(count) for layer in net.modules()
             if isinstance(layer, nn.Conv2d)]
    net(torch.zeros(1, channels or next(net.parameters()).shape[1], height, width))
    for hook in hooks:
        hook.remove()
    return total
