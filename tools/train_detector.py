#!/usr/bin/python3
"""Trains a street detector on rendered scenes, exports it to TorchScript and measures it.

Needs Debian's python3-torch, python3-torchvision, python3-numpy and ffmpeg, and the program
render-scene. Example:

    /usr/bin/python3 tools/train_detector.py --size s --renderer build/release/render-scene \
        --cache /tmp/street --out datasets/models
"""

import argparse
import json
import pathlib
import time

import numpy as np
import torch
from torch.nn import functional as F

import detector_data as data
import detector_eval
import detector_net
from detector_net import STRIDE

TRAIN_SEEDS = range(100000, 100080)
CHOICE_SEEDS = range(800000, 800006)  # the score threshold is chosen on these
UNSEEN_SEEDS = range(900000, 900010)  # the figures are measured on these, nothing else is
TRAIN_QP = (18, 28)
CLASS_WEIGHTS = torch.tensor([1.2, 0.8, 1.8, 1.8])
CROPS = ((256, 192, 8), (640, 384, 2))  # width, height, crops in a batch


def choose_origin(boxes, width, height, rng):
    """The upper left corner of a crop: anywhere for an empty picture, else round an object."""
    if len(boxes) == 0:
        return int(rng.integers(0, data.WIDTH - width + 1)), int(
            rng.integers(0, data.HEIGHT - height + 1))
    x1, y1, x2, y2 = boxes[rng.integers(0, len(boxes)), :4]
    x = (x1 + x2) / 2 - width * rng.uniform(0.1, 0.9)
    y = (y1 + y2) / 2 - height * rng.uniform(0.1, 0.9)
    return int(np.clip(x, 0, data.WIDTH - width)), int(np.clip(y, 0, data.HEIGHT - height))


def areas(boxes):
    return np.maximum(boxes[:, 2] - boxes[:, 0], 0) * np.maximum(boxes[:, 3] - boxes[:, 1], 0)


def crop(picture, boxes, width, height, rng):
    """A part of a picture, mirrored half of the time, with the boxes that are still in it."""
    x, y = choose_origin(boxes, width, height, rng)
    part = picture[y:y + height, x:x + width]
    moved = boxes.copy()
    moved[:, [0, 2]] = np.clip(boxes[:, [0, 2]] - x, 0, width)
    moved[:, [1, 3]] = np.clip(boxes[:, [1, 3]] - y, 0, height)
    moved[areas(moved) < 0.6 * areas(boxes), 5] = 1
    kept = moved[areas(moved) > 0]
    if rng.random() < 0.5:
        part = part[:, ::-1]
        kept[:, [0, 2]] = width - kept[:, [2, 0]]
    return part, kept


def vary_light(batch, rng):
    """Random contrast, brightness and tint of each picture in a batch (values 0 to 1)."""
    shape = (len(batch), 3, 1, 1)
    tint = torch.from_numpy(rng.uniform(0.92, 1.08, shape).astype(np.float32))
    contrast = torch.from_numpy(rng.uniform(0.8, 1.2, (len(batch), 1, 1, 1)).astype(np.float32))
    offset = torch.from_numpy(rng.uniform(-0.08, 0.08, (len(batch), 1, 1, 1)).astype(np.float32))
    return ((batch - 0.4) * (tint * contrast) + 0.4 + offset).clamp(0, 1)


def make_batch(pictures, boxes, rng):
    """Crops of random pictures: mostly many small ones, now and then a few large ones."""
    width, height, size = CROPS[int(rng.random() < 0.3)]
    parts, targets = [], []
    for index in rng.integers(0, len(boxes), size):
        part, kept = crop(pictures[index], boxes[index], width, height, rng)
        parts.append(np.ascontiguousarray(part.transpose(2, 0, 1)))
        targets.append(torch.from_numpy(kept))
    batch = torch.from_numpy(np.stack(parts)).float() / 255
    return vary_light(batch, rng), targets


def middles(height, width):
    """The middles of the cells of a grid, in pixels: x and y, row by row."""
    x = (torch.arange(width) + 0.5).repeat(height) * STRIDE
    y = (torch.arange(height) + 0.5).repeat_interleave(width) * STRIDE
    return x, y


def unsure(ignored, height, width):
    """For each cell of the grid whether it lies in an ignored object's box."""
    x, y = middles(height, width)
    x1, y1, x2, y2 = ignored[:, :4, None].unbind(1)
    return ((x >= x1) & (x <= x2) & (y >= y1) & (y <= y2)).any(0)


def assign(target, height, width):
    """For each cell of the grid the number of the object that it answers for, or -1.

    An object is answered for by the cells around its middle; of two objects the smaller wins.
    """
    owner = torch.full((height * width,), -1, dtype=torch.long)
    if len(target) == 0:
        return owner
    x, y = middles(height, width)
    x1, y1, x2, y2 = target[:, :4, None].unbind(1)
    reach_x = torch.clamp((x2 - x1) * 0.3, STRIDE * 0.6, STRIDE * 1.5)
    reach_y = torch.clamp((y2 - y1) * 0.3, STRIDE * 0.6, STRIDE * 1.5)
    owned = ((x - (x1 + x2) / 2).abs() <= reach_x) & ((y - (y1 + y2) / 2).abs() <= reach_y)
    cost = torch.where(owned, (x2 - x1) * (y2 - y1), torch.tensor(float("inf")))
    best, index = cost.min(0)
    return torch.where(torch.isinf(best), owner, index)


def overlap_terms(a, b):
    """IoU and generalised IoU of boxes, row by row."""
    low, high = torch.maximum(a[:, :2], b[:, :2]), torch.minimum(a[:, 2:], b[:, 2:])
    common = (high - low).clamp(min=0).prod(1)
    union = (a[:, 2:] - a[:, :2]).prod(1) + (b[:, 2:] - b[:, :2]).prod(1) - common
    hull = (torch.maximum(a[:, 2:], b[:, 2:]) - torch.minimum(a[:, :2], b[:, :2])).prod(1)
    iou = common / union
    return iou, iou - (hull - union) / hull


def loss_of(raw, targets):
    """Varifocal loss for the scores, whose targets rise with the box's IoU, and GIoU loss.

    Large objects own many cells; weights keep them from drowning the small and the rare ones.
    What is said of ignored objects costs nothing.
    """
    boxes, logits = detector_net.decode(raw)
    wanted = torch.zeros_like(logits)
    weight = 0.75 * torch.sigmoid(logits).detach().square()
    found, truth, shares = [], [], []
    for i, labels in enumerate(targets):
        target = labels[labels[:, 5] == 0]
        weight[i, unsure(labels[labels[:, 5] == 1], *raw.shape[2:])] = 0
        owner = assign(target, raw.shape[2], raw.shape[3])
        cells = (owner >= 0).nonzero()[:, 0]
        if len(cells) == 0:
            continue
        rows, kind = target[owner[cells]], target[owner[cells], 4].long()
        share = CLASS_WEIGHTS[kind] / owner[cells].bincount()[owner[cells]].float().sqrt()
        iou, _ = overlap_terms(boxes[i, cells].detach(), rows[:, :4])
        wanted[i, cells, kind] = 0.4 + 0.6 * iou
        weight[i, cells, kind] = 2 * share * wanted[i, cells, kind]
        found.append(boxes[i, cells])
        truth.append(rows[:, :4])
        shares.append(2 * share)
    positives = max(sum(len(part) for part in found), 1)
    score_loss = weight * F.binary_cross_entropy_with_logits(logits, wanted, reduction="none")
    box_loss = raw.sum() * 0
    if found:
        misfit = 1 - overlap_terms(torch.cat(found), torch.cat(truth))[1]
        box_loss = (misfit * torch.cat(shares)).sum()
    return (score_loss.sum() + 1.5 * box_loss) / positives


def train(net, pictures, boxes, steps, rate, seed):
    """Trains in place; the weights that it leaves are a moving average. Returns the seconds."""
    rng = np.random.default_rng(seed)
    optimiser = torch.optim.AdamW(net.parameters(), lr=rate, weight_decay=0.02)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, rate, steps, pct_start=0.08,
                                                   final_div_factor=100)
    average = {name: value.clone() for name, value in net.state_dict().items()}
    started, recent = time.time(), 0.0
    for step in range(steps):
        batch, targets = make_batch(pictures, boxes, rng)
        loss = loss_of(net(batch), targets)
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(net.parameters(), 10)
        optimiser.step()
        schedule.step()
        keep = min(0.998, step / (step + 10))
        for name, value in net.state_dict().items():
            if value.dtype.is_floating_point:
                average[name].mul_(keep).add_(value, alpha=1 - keep)
        recent += loss.item()
        if step % 100 == 99:
            print(f"step {step + 1} loss {recent / 100:.4f} {time.time() - started:.0f} s",
                  flush=True)
            recent = 0.0
    net.load_state_dict(average)
    return time.time() - started


def prepare(args, pictures, boxes):
    """The trained network, normalisation folded, and the seconds that training took.

    First the network trains with batch normalisation, then (faster) without. `--resume` takes the
    outcome of the first part from a file.
    """
    net = detector_net.Detector(args.size, len(data.CLASSES)).train()
    seconds = 0.0
    if args.resume is None:
        seconds = train(net, pictures, boxes, args.steps, args.rate, args.seed)
    detector_net.fold_batch_norm(net.eval())
    if args.resume is not None:
        net.load_state_dict({name.removeprefix("net."): weight for name, weight
                             in torch.jit.load(str(args.resume)).state_dict().items()})
    for weight in net.parameters():
        weight.requires_grad_(True)
    seconds += train(net, pictures, boxes, args.folded_steps, args.folded_rate, args.seed + 1)
    return net, seconds


def export(net, file):
    for weight in net.parameters():
        weight.requires_grad_(False)
    torch.jit.script(detector_net.Exported(net)).save(str(file))


def write_sidecar(file, size, threshold, seed):
    sidecar = {
        "task": "detect",
        "input": {"kind": "video", "channels": "RGB", "range": [0, 1], "size_multiple": 32},
        "output": "boxes_scores",
        "classes": {str(i): name for i, name in enumerate(data.CLASSES)},
        "score_threshold": threshold,
        "nms_iou": detector_eval.NMS_IOU,
        "source": f"street-{size}: trained by tools/train_detector.py (seed {seed}) on scenes "
                  "rendered by this project",
    }
    file.write_text(json.dumps(sidecar, indent=2) + "\n")


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--size", choices=sorted(detector_net.SIZES), default="s")
    parser.add_argument("--renderer", type=pathlib.Path, required=True,
                        help="the render-scene program")
    parser.add_argument("--cache", type=pathlib.Path, required=True,
                        help="folder for the rendered pictures (about 4 GB)")
    parser.add_argument("--out", type=pathlib.Path, default=pathlib.Path("datasets/models"))
    parser.add_argument("--steps", type=int, default=4000)
    parser.add_argument("--rate", type=float, default=4e-3)
    parser.add_argument("--folded-steps", type=int, default=8000)
    parser.add_argument("--folded-rate", type=float, default=1.5e-3)
    parser.add_argument("--resume", type=pathlib.Path,
                        help="an exported detector to go on from, in place of the first steps")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=1)
    return parser.parse_args()


def main():
    args = parse_arguments()
    torch.set_num_threads(args.threads)
    torch.manual_seed(args.seed)
    split = lambda name, seeds, qp: data.make_split(args.renderer, args.cache / name, seeds, qp, 1)
    pictures, boxes, _ = split("train", TRAIN_SEEDS, TRAIN_QP)
    choice = split("choice", CHOICE_SEEDS, (20, 20))
    unseen = split("unseen", UNSEEN_SEEDS, (20, 20))
    net, seconds = prepare(args, pictures, boxes)
    cost = detector_net.multiply_adds(net, data.WIDTH, data.HEIGHT)
    file = args.out / f"street-{args.size}.pt"
    export(net, file)
    model = torch.jit.load(str(file))
    threshold = detector_eval.best_threshold(model, choice)
    write_sidecar(file.with_suffix(".json"), args.size, threshold, args.seed)
    print(f"size {args.size}, {file.stat().st_size} bytes, {2e-9 * cost:.2f} GFLOP, "
          f"trained in {seconds:.0f} s")
    print(detector_eval.report(model, unseen, threshold))


if __name__ == "__main__":
    main()
