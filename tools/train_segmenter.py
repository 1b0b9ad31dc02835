#!/usr/bin/python3
"""Trains a street segmenter on rendered scenes, exports it to TorchScript and measures it.

Needs Debian's python3-torch, python3-torchvision, python3-numpy and ffmpeg, and the program
render-scene. Example:

    /usr/bin/python3 tools/train_segmenter.py --size n --renderer build/release/render-scene \
        --cache /tmp/street --start datasets/models/street-n.pt
"""

import numpy as np
import torch
from torch.nn import functional as F

import street_data as data
import street_net
import street_training as training
from street_net import SEGMENT_STRIDE as STRIDE

CLASSES = ("road", "vehicle", "person", "building", "vegetation", "sky")  # numbered from 1
CLASS_WEIGHTS = torch.tensor([0.5, 0.7, 1.5, 3.0, 0.8, 0.8, 0.7])  # the first: none of them


def sample(truth):
    """The classes in the middles of the cells of the output's grid."""
    return np.ascontiguousarray(truth[STRIDE // 2::STRIDE, STRIDE // 2::STRIDE])


def make_batch(split, rng):
    """A batch of parts of pictures, and the true class of each cell."""
    chosen = list(training.choose_windows(split.boxes, rng))
    batch = training.to_batch([window.cut(split.pictures[i]) for i, window in chosen])
    truth = np.stack([sample(window.cut(split.maps[i])) for i, window in chosen])
    return training.vary_light(batch, rng), torch.from_numpy(truth).long()


def loss_of(logits, truth):
    """Weighted cross entropy, and one minus a smooth IoU, per picture and class as it is scored.

    What is said of cells of no class does not count in the latter.
    """
    entropy = F.cross_entropy(logits, truth, CLASS_WEIGHTS)
    chances = torch.softmax(logits, 1)[:, 1:] * (truth > 0)[:, None]
    wanted = F.one_hot(truth, logits.shape[1]).permute(0, 3, 1, 2)[:, 1:].float()
    common = (chances * wanted).sum((2, 3))
    union = (chances + wanted).sum((2, 3)) - common
    return entropy + 1 - ((common + 1) / (union + 1)).mean()


def classify(model, picture):
    """The most likely class of each cell."""
    with torch.no_grad():
        return model(training.to_batch([picture]))[0].argmax(0).numpy()


def overlaps(found, truth):
    """The IoU of each class in one picture; not a number where neither side has it."""
    found = np.where(truth == 0, 0, found)
    counts = [((found == c) & (truth == c), (found == c) | (truth == c))
              for c in range(1, len(CLASSES) + 1)]
    return np.array([common.sum() / union.sum() if union.any() else np.nan
                     for common, union in counts])


def report(model, split):
    """A table of mean IoU for each kind of camera, and of each class where it occurs."""
    rows = np.array([overlaps(classify(model, picture), sample(truth))
                     for picture, truth in zip(split.pictures, split.maps, strict=True)])
    kinds = np.array(split.kinds)
    lines = ["kind, pictures, mean IoU, " + ", ".join(CLASSES)]
    for kind in (*data.KINDS, "all"):
        chosen = rows if kind == "all" else rows[kinds == kind]
        means = [np.nanmean(chosen, 1).mean(), *np.nanmean(chosen, 0)]
        lines.append(f"{kind}, {len(chosen)}, " + ", ".join(f"{mean:.3f}" for mean in means))
    return "\n".join(lines)


def main():
    args = training.argument_parser(__doc__, steps=4000, folded_steps=8000).parse_args()
    torch.set_num_threads(args.threads)
    torch.manual_seed(args.seed)
    split = lambda name, seeds, qps: data.make_split(
        args.renderer, args.cache / "segment" / name, "video", seeds, qps, with_maps=True)
    seeds = training.TRAIN_SEEDS[:args.train_scenes]
    pictures = split(f"train-{len(seeds)}", seeds, training.MIXED_QPS)
    unseen = split("unseen", training.UNSEEN_SEEDS, training.TEST_QPS)
    net = street_net.Segmenter(args.size, len(CLASSES))

    def batch_loss(rng):
        batch, truth = make_batch(pictures, rng)
        return loss_of(net(batch), truth)

    seconds = training.prepare(net, batch_loss, args)
    file = args.out / f"segment-{args.size}.pt"
    model = training.export(net, file)
    training.write_sidecar(
        file, "segment", "video", output="class_scores",
        classes={str(i): name for i, name in enumerate(CLASSES, 1)}, score_threshold=0.5,
        loss_scale=2000000,
        source=training.describe(file.stem, args.start, args.seed, "train_segmenter.py"))
    print(training.size_line(file, net, seconds))
    print(report(model, unseen))


if __name__ == "__main__":
    main()
