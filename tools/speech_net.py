"""The networks of the transcribers: log-mel pictures to log-probabilities of whole words."""

import torch
from torch import nn
from torch.nn import functional as F
from torch.nn.utils.fusion import fuse_conv_bn_eval

MELS = 64
KERNEL = 9  # steps of 40 ms

# Channels of the stem's three convolutions, channels of the blocks, dilations of the blocks.
SIZES = {
    "n": ((12, 24, 32), 96, (1, 1, 2, 1, 1)),
    "s": ((16, 32, 48), 192, (1, 1, 2, 1, 2, 1)),
    "m": ((24, 48, 64), 272, (1, 1, 2, 1, 2, 1, 2, 1, 1)),
}


def conv2d(inputs, outputs, stride):
    return nn.Sequential(nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False),
                         nn.BatchNorm2d(outputs))


def conv1d(inputs, outputs, kernel=1, dilation=1, groups=1):
    return nn.Sequential(nn.Conv1d(inputs, outputs, kernel, dilation=dilation, groups=groups,
                                   padding=dilation * (kernel // 2), bias=False),
                         nn.BatchNorm1d(outputs))


class Block(nn.Module):
    """A residual separable convolution over time."""

    def __init__(self, channels, dilation):
        super().__init__()
        self.along = conv1d(channels, channels, KERNEL, dilation, channels)
        self.across = conv1d(channels, channels)

    def forward(self, x):
        return F.relu(x + self.across(F.relu(self.along(x))))


class Transcriber(nn.Module):
    """Pictures B,1,MELS,T to log-probabilities B,T/4,tokens; token 0 is CTC's blank."""

    def __init__(self, size, tokens):
        super().__init__()
        (c1, c2, c3), channels, dilations = SIZES[size]
        self.at2 = conv2d(1, c1, (2, 2))
        self.at4 = conv2d(c1, c2, (2, 2))
        self.at8 = conv2d(c2, c3, (2, 1))
        self.enter = conv1d(c3 * MELS // 8, channels)
        self.blocks = nn.Sequential(*(Block(channels, dilation) for dilation in dilations))
        self.out = nn.Conv1d(channels, tokens, 1)

    def forward(self, x):
        x = F.relu(self.at2(x * 4.0 - 1.5))
        x = F.relu(self.at8(F.relu(self.at4(x))))
        x = F.relu(self.enter(x.flatten(1, 2)))
        return F.log_softmax(self.out(self.blocks(x)).transpose(1, 2), 2)


def fold_batch_norm(module):
    """Replaces each convolution and the normalisation behind it by one convolution, in place."""
    for name, child in module.named_children():
        is_pair = (isinstance(child, nn.Sequential) and len(child) == 2
                   and isinstance(child[1], (nn.BatchNorm1d, nn.BatchNorm2d)))
        if is_pair:
            setattr(module, name, fuse_conv_bn_eval(child[0], child[1]))
        else:
            fold_batch_norm(child)


def multiply_adds(net, frames):
    """Multiply-adds of one forward pass over a picture of that many frames."""
    total = 0

    def count(layer, _, output):
        nonlocal total
        total += layer.weight.numel() * output[0, 0].numel()

    hooks = [layer.register_forward_hook(count) for layer in net.modules()
             if isinstance(layer, (nn.Conv1d, nn.Conv2d))]
    net(torch.zeros(1, 1, MELS, frames))
    for hook in hooks:
        hook.remove()
    return total
