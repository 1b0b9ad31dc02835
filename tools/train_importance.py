#!/usr/bin/python3
"""Trains a camera's network that says which macroblocks matter to a DNN (AccMPEG's AccModel).

The importance of a macroblock is how strongly the DNN's loss on a picture of one colour, which
shows none of what the good picture shows, depends on its pixels: the gradient's length over the
channels, summed, from 0 to 1 in each picture. The network learns by cross entropy which macroblocks
lie above 0.1 and above 0.01, as in AccMPEG's code. Example:

    /usr/bin/python3 tools/train_importance.py --model datasets/models/street-n.pt \\
        --renderer build/release/render-scene --cache /tmp/street
"""

import numpy as np
import torch
from torch.nn import functional as F

import auxiliary_training as auxiliary
import street_net
import street_training as training

TILE = 16
THRESHOLDS = (0.1, 0.01)
CROP = (320, 192, 8)  # width, height, crops in a batch


def tile_sums(gradient):
    """The length over channels of a gradient B,C,H,W, summed in each tile."""
    return F.avg_pool2d(gradient.square().sum(1, keepdim=True).sqrt(), TILE) * TILE * TILE


def to_share(maps):
    """Maps B,1,h,w from 0 to 1 each."""
    low, high = maps.amin((2, 3), keepdim=True), maps.amax((2, 3), keepdim=True)
    return (maps - low) / (high - low).clamp(min=1e-12)


def true_importance(helped, picture):
    """The importance of each macroblock of a picture 1,C,H,W."""
    blank = picture.mean((2, 3), keepdim=True).expand_as(picture).clone().requires_grad_(True)
    loss = helped.said_of(picture).missed(blank)
    return to_share(tile_sums(torch.autograd.grad(loss, blank)[0]))


def dnn_gradient(helped, picture):
    """DNNGrad of each macroblock of a picture 1,C,H,W."""
    picture = picture.clone().requires_grad_(True)
    gradient = torch.autograd.grad(helped.utility(picture), picture)[0]
    return F.avg_pool2d(gradient.abs().sum(1, keepdim=True), TILE)


def maps_of(helped, split, function):
    return torch.cat([function(helped, training.to_batch([picture]))
                      for picture in split.pictures])


def make_batch(split, truth, rng):
    """A batch of parts of pictures, cut between macroblocks, and the importances in them."""
    width, height, size = CROP
    pictures, maps = [], []
    for index in rng.integers(0, len(split.pictures), size):
        picture, importance = split.pictures[index], truth[index, 0].numpy()
        column = int(rng.integers(0, (picture.shape[1] - width) // TILE + 1))
        row = int(rng.integers(0, (picture.shape[0] - height) // TILE + 1))
        window = training.Window(column * TILE, row * TILE, width, height, rng.random() < 0.5)
        tiles = training.Window(column, row, width // TILE, height // TILE, window.mirrored)
        pictures.append(window.cut(picture))
        maps.append(np.ascontiguousarray(tiles.cut(importance)))
    batch = training.vary_light(training.to_batch(pictures), rng)
    return batch, torch.from_numpy(np.stack(maps))[:, None]


def ranks(values):
    return np.argsort(np.argsort(values, kind="stable"), kind="stable")


def rank_agreement(found, truth):
    """Spearman's correlation, the mean over pictures."""
    return np.mean([np.corrcoef(ranks(a.numpy().ravel()), ranks(b.numpy().ravel()))[0, 1]
                    for a, b in zip(found, truth, strict=True)])


def report(helped, net, unseen):
    truth = maps_of(helped, unseen, true_importance)
    gradients = maps_of(helped, unseen, dnn_gradient)
    with torch.no_grad():
        found = torch.cat([net(training.to_batch([picture])) for picture in unseen.pictures])
    shares = ", ".join(f"above {bound}: {(found > bound).float().mean():.2f}"
                       for bound in (0.1, 0.2, 0.5, 0.8))
    important = ", ".join(f"above {bound}: {(truth > bound).float().mean():.2f}"
                          for bound in THRESHOLDS)
    return (f"{len(found)} unseen pictures, rank agreement with the true importance "
            f"{rank_agreement(found, truth):.3f}, with DNNGrad "
            f"{rank_agreement(found, gradients):.3f} "
            f"(of the true importance with DNNGrad {rank_agreement(truth, gradients):.3f})\n"
            f"macroblocks that the network puts {shares}; truly {important}")


def main():
    args = auxiliary.argument_parser(__doc__, steps=3000, rate=4e-3).parse_args()
    helped, pictures, unseen = auxiliary.start(args)
    truth = maps_of(helped, pictures, true_importance)
    net = street_net.Importance()

    def batch_loss(rng):
        batch, wanted = make_batch(pictures, truth, rng)
        chances = net(batch)
        return sum(F.binary_cross_entropy(chances, (wanted > threshold).float())
                   for threshold in THRESHOLDS)

    seconds = training.train(net.train(), batch_loss, args.steps, args.rate, args.seed)
    street_net.fold_batch_norm(net.eval())
    file, exported = auxiliary.write(net, args, "importance", helped, "train_importance.py")
    print(training.size_line(file, net, seconds))
    print(report(helped, exported, unseen))


if __name__ == "__main__":
    main()
