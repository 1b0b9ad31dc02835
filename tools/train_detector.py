#!/usr/bin/python3
"""Trains a street detector on rendered scenes, exports it to TorchScript and measures it.

Needs Debian's python3-torch, python3-torchvision, python3-numpy and ffmpeg, and the program
render-scene. Example:

    /usr/bin/python3 tools/train_detector.py --size s --renderer build/release/render-scene \
        --cache /tmp/street --out datasets/models
"""

import numpy as np
import torch
from torch.nn import functional as F

import detector_eval
import street_data as data
import street_net
import street_training as training
from street_net import STRIDE

CLASS_WEIGHTS = torch.tensor([1.2, 0.8, 1.8, 1.8])
LOSS_SCALE = {"video": 10000, "infrared": 600, "depth": 600}  # see datasets/models/README.md


def areas(boxes):
    return np.maximum(boxes[:, 2] - boxes[:, 0], 0) * np.maximum(boxes[:, 3] - boxes[:, 1], 0)


def cut_boxes(boxes, window):
    """The boxes that are still in a window; those of which it leaves little are ignored."""
    moved = boxes.copy()
    moved[:, [0, 2]] = np.clip(boxes[:, [0, 2]] - window.x, 0, window.width)
    moved[:, [1, 3]] = np.clip(boxes[:, [1, 3]] - window.y, 0, window.height)
    moved[areas(moved) < 0.6 * areas(boxes), 5] = 1
    kept = moved[areas(moved) > 0]
    if window.mirrored:
        kept[:, [0, 2]] = window.width - kept[:, [2, 0]]
    return kept


def make_batch(split, sensor, rng):
    """A batch of parts of pictures, as the network sees them, and the boxes in them."""
    chosen = list(training.choose_windows(split.boxes, rng))
    batch = training.to_batch([window.cut(split.pictures[i]) for i, window in chosen])
    targets = [torch.from_numpy(cut_boxes(split.boxes[i], window)) for i, window in chosen]
    if sensor == "depth":
        return street_net.relief(batch), targets
    return training.vary_light(batch, rng), targets


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


def loss_of(raw, targets, class_weights=CLASS_WEIGHTS):
    """Varifocal loss for the scores, whose targets rise with the box's IoU, and GIoU loss.

    Large objects own many cells; weights keep them from drowning the small and the rare ones.
    What is said of ignored objects costs nothing.
    """
    boxes, logits = street_net.decode(raw)
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
        share = class_weights[kind] / owner[cells].bincount()[owner[cells]].float().sqrt()
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


def parse_arguments():
    parser = training.argument_parser(__doc__, steps=4000, folded_steps=8000)
    parser.add_argument("--input", choices=sorted(data.CHANNELS), default="video",
                        help="the sensor whose pictures the detector sees")
    return parser.parse_args()


def main():
    args = parse_arguments()
    torch.set_num_threads(args.threads)
    torch.manual_seed(args.seed)
    name = "street" if args.input == "video" else args.input
    split = lambda part, seeds, qps: data.make_split(args.renderer, args.cache / name / part,
                                                     args.input, seeds, qps)
    train_qps = training.GOOD_QPS if args.input == "video" else training.MIXED_QPS
    seeds = training.TRAIN_SEEDS[:args.train_scenes]
    pictures = split(f"train-{len(seeds)}", seeds, train_qps)
    choice = split("choice", training.CHOICE_SEEDS, training.TEST_QPS)
    unseen = split("unseen", training.UNSEEN_SEEDS, training.TEST_QPS)
    of_relief = args.input == "depth"
    channels = 2 if of_relief else data.CHANNELS[args.input]
    net = street_net.Detector(args.size, len(data.CLASSES), channels)

    def batch_loss(rng):
        batch, targets = make_batch(pictures, args.input, rng)
        return loss_of(net(batch), targets)

    seconds = training.prepare(net, batch_loss, args)
    file = args.out / f"{name}-{args.size}.pt"
    model = training.export(street_net.ExportedDetector(net, of_relief), file)
    found = lambda part: [detector_eval.detect(model, training.to_batch([picture]))
                          for picture in part.pictures]
    threshold = detector_eval.best_threshold(found(choice), choice.boxes)
    training.write_sidecar(
        file, "detect", args.input, output="boxes_scores",
        classes={str(i): label for i, label in enumerate(data.CLASSES)},
        score_threshold=threshold, nms_iou=detector_eval.NMS_IOU,
        loss_scale=LOSS_SCALE[args.input],
        source=training.describe(file.stem, args.start, args.seed, "train_detector.py"))
    print(training.size_line(file, net, seconds))
    print(detector_eval.report(found(unseen), unseen.boxes, unseen.kinds, data.CLASSES, threshold))


if __name__ == "__main__":
    main()
