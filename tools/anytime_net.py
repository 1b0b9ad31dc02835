"""Anytime networks: shipped networks cut into stages, with an exit behind each.

A stage takes over what the one before it computed and adds to it; stopping after any of them leaves
an answer. What the networks knew stays as it is: only the exits learn, so that the last exit
says what the whole network always said.
"""

import torch
from torch import nn
from torch.nn import functional as F

import speech_net
import street_net
from street_net import conv


def widen(x, factor: float):
    return F.interpolate(x, scale_factor=factor, mode="nearest")


class StreetExit(nn.Module):
    """Features to outputs of the same stride."""

    def __init__(self, inputs, width, outputs):
        super().__init__()
        self.body = conv(inputs, width)
        self.out = nn.Conv2d(width, outputs, 3, padding=1)

    def forward(self, x):
        return self.out(F.relu(self.body(x)))


class Detector(nn.Module):
    """Four stages of a street detector: raw outputs B,4+classes,H/8,W/8 after each.

    Features of stride 8; deepened; told of stride 16; told of stride 32, with the
    detector's own head.
    """

    EXITS = 4

    def __init__(self, size, classes):
        super().__init__()
        self.net = street_net.Detector(size, classes)
        _, _, c8, c16, _ = street_net.SIZES[size][0]
        outputs = 4 + classes
        self.shallow = StreetExit(c8, c8 // 2, outputs)
        self.deep = StreetExit(c8, c8 // 2, outputs)
        self.up8 = street_net.Up(c16, c8)
        self.near = nn.Conv2d(c8, outputs, 3, padding=1)
        for out in self.outs():
            nn.init.normal_(out.weight, std=0.01)
            with torch.no_grad():
                out.bias[:4] = 0.5
                out.bias[4:] = -4.0

    def outs(self):
        """The last layer of each exit that learns."""
        return [self.shallow.out, self.deep.out, self.near]

    @torch.jit.export
    def raw(self, k: int, state: list[torch.Tensor]) -> tuple[list[torch.Tensor], torch.Tensor]:
        """Stage k from 1 on: the state that the next one takes, and the output."""
        net = self.net
        if k == 1:
            x4 = net.at4(net.at2(state[0] * 4.0 - 2.0))
            x8 = F.relu(net.at8.reduce(x4))
            return [x8], self.shallow(x8)
        if k == 2:
            x8 = net.at8.blocks(state[0])
            return [x8], self.deep(x8)
        if k == 3:
            x16 = net.at16(state[0])
            return [state[0], x16], self.near(self.up8(x16, state[0]))
        x16 = net.up16(net.at32(state[1]), state[1])
        x8 = net.up8(x16, state[0])
        return [x8], net.out(F.relu(net.head(x8)))


class Segmenter(nn.Module):
    """Five stages of a street segmenter: class scores before the softmax, B,1+classes,H/4,W/4.

    Features of stride 8, 16 and, told of stride 32, 16 again, each adding its scores to those
    before; then 8, and the segmenter's own of stride 4.
    """

    EXITS = 5

    def __init__(self, size, classes):
        super().__init__()
        self.net = street_net.Segmenter(size, classes)
        _, _, c8, c16, _ = street_net.SIZES[size][0]
        self.at8 = StreetExit(c8, c8 // 2, 1 + classes)
        self.at16 = StreetExit(c16, c16 // 2, 1 + classes)
        self.told16 = StreetExit(c16, c16 // 2, 1 + classes)
        self.told8 = nn.Conv2d(c8, 1 + classes, 3, padding=1)

    @torch.jit.export
    def raw(self, k: int, state: list[torch.Tensor]) -> tuple[list[torch.Tensor], torch.Tensor]:
        """Stage k from 1 on: the state that the next one takes, and the output."""
        net = self.net
        if k == 1:
            x4 = net.at4(net.at2(state[0] * 4.0 - 2.0))
            x8 = net.at8(x4)
            scores = self.at8(x8)
            return [x4, x8, scores], widen(scores, 2.0)
        if k == 2:
            x16 = net.at16(state[1])
            scores = state[2] + widen(self.at16(x16), 2.0)
            return [state[0], state[1], x16, scores], widen(scores, 2.0)
        if k == 3:
            x16 = net.up16(net.at32(state[2]), state[2])
            scores = state[3] + widen(self.told16(x16), 2.0)
            return [state[0], state[1], x16, scores], widen(scores, 2.0)
        if k == 4:
            x8 = net.up8(state[2], state[1])
            return [state[0], x8], widen(state[3] + self.told8(x8), 2.0)
        return state, net.classify(net.up4(state[1], state[0]))


class SpeechExit(nn.Module):
    """Features B,inputs,T to log-probabilities B,T,tokens."""

    def __init__(self, inputs, width, tokens):
        super().__init__()
        self.enter = speech_net.conv1d(inputs, width)
        self.block = speech_net.Block(width, 1)
        self.out = nn.Conv1d(width, tokens, 1)

    def forward(self, x):
        scores = self.out(self.block(F.relu(self.enter(x))))
        return F.log_softmax(scores.transpose(1, 2), 2)


class Transcriber(nn.Module):
    """Five stages of a transcriber: log-probabilities B,T/4,tokens after each.

    The stem; where blocks are entered; a third of them; two thirds; all.
    """

    EXITS = 5
    WIDTHS = (64, 96, 96, 96)

    def __init__(self, size, tokens):
        super().__init__()
        self.net = speech_net.Transcriber(size, tokens)
        (_, _, c3), channels, dilations = speech_net.SIZES[size]
        inputs = (c3 * speech_net.MELS // 8, channels, channels, channels)
        self.exit1, self.exit2, self.exit3, self.exit4 = (
            SpeechExit(of, width, tokens) for of, width in zip(inputs, self.WIDTHS, strict=True))
        third = len(dilations) // 3
        self.first, self.second, self.third = (
            self.net.blocks[:third], self.net.blocks[third:2 * third], self.net.blocks[2 * third:])

    @torch.jit.export
    def raw(self, k: int, state: list[torch.Tensor]) -> tuple[list[torch.Tensor], torch.Tensor]:
        """Stage k from 1 on: the state that the next one takes, and the output."""
        net = self.net
        if k == 1:
            x = F.relu(net.at2(state[0] * 4.0 - 1.5))
            x = F.relu(net.at8(F.relu(net.at4(x)))).flatten(1, 2)
            return [x], self.exit1(x)
        if k == 2:
            x = F.relu(net.enter(state[0]))
            return [x], self.exit2(x)
        if k == 3:
            x = self.first(state[0])
            return [x], self.exit3(x)
        if k == 4:
            x = self.second(state[0])
            return [x], self.exit4(x)
        scores = net.out(self.third(state[0]))
        return state, F.log_softmax(scores.transpose(1, 2), 2)


class ExportedDetector(nn.Module):
    """What an anytime detector's TorchScript file holds: outputs are (boxes, scores)."""

    def __init__(self, net):
        super().__init__()
        self.net = net
        self.exits = net.EXITS

    @torch.jit.export
    def stage(self, k: int, state: list[torch.Tensor]) -> tuple[
            list[torch.Tensor], tuple[torch.Tensor, torch.Tensor]]:
        state, raw = self.net.raw(k, state)
        boxes, logits = street_net.decode(raw)
        return state, (boxes, torch.sigmoid(logits))

    def forward(self, x):
        state, output = self.stage(1, [x])
        for k in range(2, self.exits + 1):
            state, output = self.stage(k, state)
        return output


class Exported(nn.Module):
    """What another anytime network's TorchScript file holds."""

    def __init__(self, net):
        super().__init__()
        self.net = net
        self.exits = net.EXITS

    @torch.jit.export
    def stage(self, k: int, state: list[torch.Tensor]) -> tuple[list[torch.Tensor], torch.Tensor]:
        return self.net.raw(k, state)

    def forward(self, x):
        state, output = self.stage(1, [x])
        for k in range(2, self.exits + 1):
            state, output = self.stage(k, state)
        return output


def run(net, x):
    """The outputs of all stages."""
    state, outputs = [x], []
    for k in range(1, net.EXITS + 1):
        state, output = net.raw(k, state)
        outputs.append(output)
    return outputs


def costs(net, x):
    """Multiply-adds up to each exit."""
    total, sums = 0, []

    def count(layer, _, output):
        nonlocal total
        total += layer.weight.numel() * output[0, 0].numel()

    hooks = [layer.register_forward_hook(count) for layer in net.modules()
             if isinstance(layer, (nn.Conv1d, nn.Conv2d))]
    state = [x]
    for k in range(1, net.EXITS + 1):
        state, _ = net.raw(k, state)
        sums.append(total)
    for hook in hooks:
        hook.remove()
    return sums
