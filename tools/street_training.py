"""What training the street networks has in common: parts of pictures, the steps, the files."""

import argparse
import json
import pathlib
from typing import NamedTuple

import numpy as np
import torch

import street_data as data
import street_net
import training

TRAIN_SEEDS = range(100000, 100080)
CHOICE_SEEDS = range(800000, 800006)  # the score threshold is chosen on these
UNSEEN_SEEDS = range(900000, 900010)  # the figures are measured on these, nothing else is
GOOD_QPS = range(18, 29)
MIXED_QPS = (20, 21, 22, 23, 24, 26, 28, 32, 38, 45)
TEST_QPS = (20,)
CROPS = ((256, 192, 8), (640, 384, 2))  # width, height, crops in a batch


class Window(NamedTuple):
    """A part of a picture, perhaps seen in a mirror."""

    x: int
    y: int
    width: int
    height: int
    mirrored: bool

    def cut(self, picture):
        part = picture[self.y:self.y + self.height, self.x:self.x + self.width]
        return part[:, ::-1] if self.mirrored else part


def choose_window(boxes, width, height, rng):
    """A window anywhere in an empty picture, else round an object; mirrored half of the time."""
    if len(boxes) == 0:
        x = rng.integers(0, data.WIDTH - width + 1)
        y = rng.integers(0, data.HEIGHT - height + 1)
    else:
        x1, y1, x2, y2 = boxes[rng.integers(0, len(boxes)), :4]
        x = np.clip((x1 + x2) / 2 - width * rng.uniform(0.1, 0.9), 0, data.WIDTH - width)
        y = np.clip((y1 + y2) / 2 - height * rng.uniform(0.1, 0.9), 0, data.HEIGHT - height)
    return Window(int(x), int(y), width, height, rng.random() < 0.5)


def vary_light(batch, rng):
    """Random contrast, brightness and tint of each picture in a batch (values 0 to 1)."""
    draw = lambda low, high, channels: torch.from_numpy(
        rng.uniform(low, high, (len(batch), channels, 1, 1)).astype(np.float32))
    tint = draw(0.92, 1.08, batch.shape[1])
    contrast, offset = draw(0.8, 1.2, 1), draw(-0.08, 0.08, 1)
    return ((batch - 0.4) * (tint * contrast) + 0.4 + offset).clamp(0, 1)


def to_batch(pictures):
    """Pictures H,W,channels of 8 bits as a batch of values 0 to 1."""
    planes = [np.ascontiguousarray(picture.transpose(2, 0, 1)) for picture in pictures]
    return torch.from_numpy(np.stack(planes)).float() / 255


def choose_windows(boxes, rng):
    """Windows on random pictures: mostly many small ones, now and then a few large ones.

    Yields the numbers of the pictures and the windows.
    """
    width, height, size = CROPS[int(rng.random() < 0.3)]
    for index in rng.integers(0, len(boxes), size):
        yield index, choose_window(boxes[index], width, height, rng)


def train(net, batch_loss, steps, rate, seed):
    """Trains in place on `batch_loss(rng)`; returns the seconds."""
    return training.fit(net, lambda rng, _: batch_loss(rng), steps, rate, seed, rise=0.08, clip=10,
                        memory=0.998)


def take_weights(net, file):
    """Takes over what an exported network knows, where the names of its parts fit.

    A first layer that looks at three colours becomes one that looks at grey channels.
    """
    known = {name.removeprefix("net."): weight for name, weight
             in torch.jit.load(str(file)).state_dict().items()}
    own = net.state_dict()
    first = next(iter(own))
    if own[first].shape[1] < known[first].shape[1]:
        known[first] = known[first].sum(1, keepdim=True).expand_as(own[first])
    net.load_state_dict({name: known[name] if name in known and known[name].shape == weight.shape
                         else weight for name, weight in own.items()})


def prepare(net, batch_loss, args):
    """Trains a network and folds its normalisation; returns the seconds that training took.

    First the network trains with batch normalisation, then (faster) without. `--start` takes the
    place of the first part.
    """
    seconds = 0.0
    if args.start is None:
        seconds = train(net.train(), batch_loss, args.steps, args.rate, args.seed)
    street_net.fold_batch_norm(net.eval())
    if args.start is not None:
        take_weights(net, args.start)
    for weight in net.parameters():
        weight.requires_grad_(True)
    return seconds + train(net, batch_loss, args.folded_steps, args.folded_rate, args.seed + 1)


def export(module, file):
    """Writes a network as TorchScript; returns it as read back."""
    for weight in module.parameters():
        weight.requires_grad_(False)
    torch.jit.script(module).save(str(file))
    return torch.jit.load(str(file))


def write_sidecar(file, task, sensor, **more):
    """Writes the JSON file that tells the simulator what goes into a network and comes out."""
    channels = "RGB" if data.CHANNELS[sensor] == 3 else "gray"
    sidecar = {"task": task,
               "input": {"kind": sensor, "channels": channels, "range": [0, 1],
                         "size_multiple": 32}, **more}
    file.with_suffix(".json").write_text(json.dumps(sidecar, indent=2) + "\n")


def describe(name, start, seed, tool):
    """Where a network comes from, for its sidecar."""
    origin = f", starting from {start.stem}," if start else ""
    return (f"{name}: trained by tools/{tool} (seed {seed}){origin} on scenes rendered by this "
            "project")


def size_line(file, net, seconds, width=data.WIDTH, height=data.HEIGHT, channels=None):
    """Parameters, bytes and cost of a network."""
    parameters = sum(weight.numel() for weight in net.parameters())
    cost = street_net.multiply_adds(net, width, height, channels)
    return (f"{file.stem}: {parameters} parameters, {file.stat().st_size} bytes, "
            f"{2e-9 * cost:.2f} GFLOP, trained in {seconds:.0f} s")


def argument_parser(description, steps, folded_steps):
    """The options that all training programs share."""
    parser = argparse.ArgumentParser(description=description,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--size", choices=sorted(street_net.SIZES), default="n")
    parser.add_argument("--renderer", type=pathlib.Path, required=True,
                        help="the render-scene program")
    parser.add_argument("--cache", type=pathlib.Path, required=True,
                        help="folder for the rendered pictures (up to 4 GB)")
    parser.add_argument("--out", type=pathlib.Path, default=pathlib.Path("datasets/models"))
    parser.add_argument("--train-scenes", type=int, default=len(TRAIN_SEEDS),
                        help="seeds of each kind of camera to train on")
    parser.add_argument("--steps", type=int, default=steps)
    parser.add_argument("--rate", type=float, default=4e-3)
    parser.add_argument("--folded-steps", type=int, default=folded_steps)
    parser.add_argument("--folded-rate", type=float, default=1.5e-3)
    parser.add_argument("--start", type=pathlib.Path,
                        help="an exported network to start from, in place of the first steps")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=1)
    return parser
