#!/usr/bin/python3
"""Trains a detector of vehicles in LiDAR sweeps seen from above, exports it to TorchScript and
measures it.

Needs Debian's python3-torch, python3-torchvision and python3-numpy, and the program render-scene.
Example:

    /usr/bin/python3 tools/train_lidar.py --renderer build/release/render-scene --cache /tmp/street
"""

import json

import numpy as np
import torch

import detector_eval
import lidar_data
import lidar_scenes
import street_net
import street_training as training
from train_detector import loss_of

FORM = lidar_data.Bev()
MARGIN = round(lidar_scenes.MARGIN / FORM.cell)  # pixels
CLASSES = lidar_data.CLASSES[1:]  # a person is two or three pixels from above, too few
CLASS_WEIGHTS = torch.tensor([1.0, 1.2, 1.2])
TRAIN_SEEDS = range(100000, 100160)
TRAIN_LENGTH = lidar_scenes.Length(seconds=2, step=5)
TEST_LENGTH = lidar_scenes.Length(seconds=10, step=10)
BATCH = 8
NMS_IOU = 0.4  # no two vehicles overlap when seen from above
VARIANTS = 2  # maps of each sweep, each of other points
FEWEST_PIXELS = 3  # of an object that a network could be asked to find


def worsened(points, rng):
    """Points as they arrive over a thin link: half of the time coarser, half of the time fewer."""
    if rng.random() < 0.5:
        points = lidar_data.coarsened(points, int(rng.integers(9, 15)))
    if rng.random() < 0.5:
        points = points[rng.random(len(points)) < 10 ** rng.uniform(-1, 0)]
    return points


def cut_map(picture, boxes, x, y):
    """The part of a wide map that a network sees, from x and y on, and the vehicles in it.

    Objects whose centre lies outside are left out, as lidar_data.load_boxes() does; those of which
    too little is left to see are ignored.
    """
    rows, columns = FORM.shape
    part = picture[:, y:y + rows, x:x + columns]
    middle = (boxes[:, :2] + boxes[:, 2:4]) / 2 - (x, y)
    inside = (middle >= 0).all(1) & (middle < (columns, rows)).all(1)
    kept = boxes[inside & (boxes[:, 4] > 0)]
    kept = kept - np.array([x, y, x, y, 1, 0], np.float32)
    kept[:, :4] = np.clip(kept[:, :4], 0, (columns, rows) * 2)
    for row in kept:
        x1, y1, x2, y2 = np.rint(row[:4]).astype(int)
        if np.count_nonzero(part[2, y1:y2, x1:x2]) < FEWEST_PIXELS:
            row[5] = 1
    return part, kept


def mirrored(part, boxes):
    """A map and its boxes with left and right exchanged."""
    boxes = boxes.copy()
    boxes[:, [0, 2]] = FORM.shape[1] - boxes[:, [2, 0]]
    return part[:, :, ::-1], boxes


def wide_maps(split, rng):
    """Several wide maps of each sweep, worsened at random: all maps of the first sweep first."""
    return [lidar_data.bev_picture(worsened(points, rng), lidar_scenes.WIDE).astype(np.float16)
            for points in split.sweeps for _ in range(VARIANTS)]


def make_batch(maps, boxes_of, rng):
    """A batch of random maps, shifted and half of them mirrored, and the boxes in them."""
    parts, targets = [], []
    for i in rng.integers(0, len(maps), BATCH):
        shift = rng.integers(0, 2 * MARGIN + 1, 2)
        part, boxes = cut_map(maps[i], boxes_of[i // VARIANTS], *shift)
        if rng.random() < 0.5:
            part, boxes = mirrored(part, boxes)
        parts.append(part.astype(np.float32))
        targets.append(torch.from_numpy(boxes))
    return torch.from_numpy(np.stack(parts)), targets


def test_boxes(split):
    """Per sweep the labels of the map in the middle."""
    full = np.ones((3, *lidar_scenes.WIDE.shape), np.float32)
    return [cut_map(full, boxes, MARGIN, MARGIN)[1] for boxes in split.boxes]


def detect_all(model, sweeps):
    """Per sweep the vehicles that a model finds."""
    return [detector_eval.detect(model, torch.from_numpy(lidar_data.bev_picture(points)[None]),
                                 NMS_IOU) for points in sweeps]


def write_sidecar(file, threshold, args):
    """Writes the JSON file that tells the simulator what goes into the network and comes out."""
    sidecar = {"task": "lidar", "input": FORM.sidecar(), "output": "boxes_scores",
               "classes": {str(i): name for i, name in enumerate(CLASSES)},
               "score_threshold": threshold, "nms_iou": NMS_IOU, "loss_scale": 2000,
               "source": training.describe(file.stem, args.start, args.seed, "train_lidar.py")}
    file.with_suffix(".json").write_text(json.dumps(sidecar, indent=2) + "\n")


def measure(model, unseen, threshold):
    """Tables of how well a model does on whole sweeps, on a tenth of the points and on a lattice
    of 20 cm."""
    rng = np.random.default_rng(1)
    labels = test_boxes(unseen)
    for name, change in (("all points", lambda points: points),
                         ("one point in ten", lambda points: points[rng.random(len(points)) < 0.1]),
                         ("10 bits", lambda points: lidar_data.coarsened(points, 10))):
        found = detect_all(model, map(change, unseen.sweeps))
        print(name, detector_eval.report(found, labels, unseen.kinds, CLASSES, threshold), sep="\n")


def main():
    parser = training.argument_parser(__doc__, steps=500, folded_steps=3300)
    parser.set_defaults(train_scenes=len(TRAIN_SEEDS))
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    torch.manual_seed(args.seed)
    split = lambda part, seeds, length: lidar_scenes.make_split(
        args.renderer, args.cache / "lidar" / f"{part}-{len(seeds)}", seeds, length)
    sweeps = split("train", TRAIN_SEEDS[:args.train_scenes], TRAIN_LENGTH)
    choice = split("choice", training.CHOICE_SEEDS, TEST_LENGTH)
    unseen = split("unseen", training.UNSEEN_SEEDS, TEST_LENGTH)
    net = street_net.Detector(args.size, len(CLASSES))

    maps = wide_maps(sweeps, np.random.default_rng(args.seed))

    def batch_loss(rng):
        batch, targets = make_batch(maps, sweeps.boxes, rng)
        return loss_of(net(batch), targets, CLASS_WEIGHTS)

    seconds = training.prepare(net, batch_loss, args)
    file = args.out / f"lidar-{args.size}.pt"
    model = training.export(street_net.ExportedDetector(net), file)
    threshold = detector_eval.best_threshold(detect_all(model, choice.sweeps), test_boxes(choice))
    write_sidecar(file, threshold, args)
    print(training.size_line(file, net, seconds, *FORM.shape[::-1]))
    measure(model, unseen, threshold)


if __name__ == "__main__":
    main()
