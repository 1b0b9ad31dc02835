#!/usr/bin/python3
"""Trains a server's network that makes more of pictures sent at low resolution (CloudSeg).

It sees a picture that was sent at a fraction of its size and scaled back, and is trained so that a
DNN says of what it makes of it what the DNN says of the good picture; a share of the loss is how
far the two pictures lie apart. Example:

    /usr/bin/python3 tools/train_enlarger.py --model datasets/models/segment-n.pt \\
        --renderer build/release/render-scene --cache /tmp/street
"""

import pathlib

import numpy as np
import torch
from torch.nn import functional as F

import auxiliary_training as auxiliary
import street_data as data
import street_net
import street_training as training

SCALES = (0.25, 0.33, 0.5)
QPS = (20, 22, 24, 26, 28, 30)
PIXEL_SHARE = 4.0  # of the mean distance of pixels, beside the loss per element of the output
CROP = (192, 128, 6)  # width, height, crops in a batch


def raw(width, height):
    return ("-f", "rawvideo", "-pix_fmt", "rgb24", "-s", f"{width}x{height}", "-i", "-")


def sent_small(pictures, scale, qp):
    """Pictures N,H,W,3 after H.264 at a fraction of their size, scaled back."""
    count, height, width, _ = pictures.shape
    small = [2 * round(side * scale / 2) for side in (width, height)]
    encoded = data.ffmpeg(*raw(width, height), "-vf", f"scale={small[0]}:{small[1]}:flags=bilinear",
                          "-pix_fmt", "yuv420p", "-c:v", "libx264", "-threads", "1", "-qp", str(qp),
                          "-f", "matroska", data=np.ascontiguousarray(pictures).tobytes())
    back = data.ffmpeg("-i", "-", "-vf", f"scale={width}:{height}:flags=bilinear", "-f", "rawvideo",
                       "-pix_fmt", "rgb24", data=encoded)
    return np.frombuffer(back, np.uint8).reshape(count, height, width, 3)


def small_split(pictures, file, scales, qps, rng):
    """Each scene's pictures at a scale and a quantiser drawn for it, once; later from the cache."""
    if not pathlib.Path(file).exists():
        per_scene = data.FRAMES_PER_SCENE
        np.save(file, np.concatenate([
            sent_small(pictures[i:i + per_scene], float(rng.choice(scales)), int(rng.choice(qps)))
            for i in range(0, len(pictures), per_scene)]))
    return np.load(file, mmap_mode="r")


def make_batch(good, small, rng):
    """Parts of good pictures and of the same sent small."""
    width, height, size = CROP
    pairs = []
    for index in rng.integers(0, len(good), size):
        x = int(rng.integers(0, data.WIDTH - width + 1))
        y = int(rng.integers(0, data.HEIGHT - height + 1))
        window = training.Window(x, y, width, height, rng.random() < 0.5)
        pairs.append((window.cut(good[index]), window.cut(small[index])))
    return [training.to_batch(side) for side in zip(*pairs, strict=True)]


def agreement(helped, good, other):
    """Share of the output on which two pictures agree; of detectors, mean distance of scores."""
    said, again = helped.model(good), helped.model(other)
    if helped.sidecar["output"] == "class_scores":
        return (said.argmax(1) == again.argmax(1)).float().mean().item()
    return 1 - (said[1] - again[1]).abs().mean().item()


def report(helped, net, unseen):
    """Agreement, loss and distance with and without the network, at each scale and quantiser."""
    lines = ["scale, qp, network, loss per element, agreement, PSNR"]
    good = unseen.pictures[::4]
    for scale in SCALES:
        small = sent_small(np.asarray(good), scale, 24)
        for name, through in (("no", lambda x: x), ("yes", net)):
            rows = []
            for a, b in zip(good, small, strict=True):
                whole, other = training.to_batch([a]), through(training.to_batch([b]))
                said = helped.said_of(whole)
                rows.append((said.loss(other).item() / said.wanted.numel(),
                             agreement(helped, whole, other),
                             -10 * torch.log10(F.mse_loss(other, whole)).item()))
            lines.append(f"{scale}, 24, {name}, " + ", ".join(f"{v:.4f}" for v in np.mean(rows, 0)))
    return "\n".join(lines)


def main():
    args = auxiliary.argument_parser(__doc__, steps=600, rate=2e-3).parse_args()
    helped, pictures, unseen = auxiliary.start(args)
    small = small_split(pictures.pictures, args.cache / f"small-{args.train_scenes}.npy", SCALES,
                        QPS, np.random.default_rng(args.seed))
    net = street_net.Enlarger()

    def batch_loss(rng):
        good, bad = make_batch(pictures.pictures, small, rng)
        made = net(bad)
        said = helped.said_of(good)
        return (said.loss(made) / said.wanted.numel() + PIXEL_SHARE * F.l1_loss(made, good))

    seconds = training.train(net.train(), batch_loss, args.steps, args.rate, args.seed)
    file, exported = auxiliary.write(net, args, "enlarge", helped, "train_enlarger.py")
    print(training.size_line(file, net, seconds, channels=3))
    with torch.no_grad():
        print(report(helped, exported, unseen))


if __name__ == "__main__":
    main()
