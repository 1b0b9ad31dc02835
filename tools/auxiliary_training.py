"""What training the networks that help a DNN has in common: pictures, what the DNN says, files.

Such a network lies beside the model that it was trained for, NAME.pt, as NAME.ROLE.pt with a
sidecar NAME.ROLE.json (datasets/models/README.md).
"""

import argparse
import json
import pathlib

import torch
from torch.nn import functional as F

import street_data as data
import street_training as training

LOSSLESS = (0,)  # quantiser of pictures as a camera has them


class Said:
    """What a model says of good pictures, as something to come close to on worse ones."""

    def __init__(self, model, convention, threshold, good):
        self.model, self.convention = model, convention
        with torch.no_grad():
            answer = model(good)
            self.wanted = (answer.argmax(1) if convention == "class_scores"
                           else (answer[1] > threshold).float())

    def loss(self, pictures):
        """Cross entropy of what the model says of other pictures, summed over its output."""
        answer = self.model(pictures)
        if self.convention == "class_scores":
            return F.cross_entropy(answer, self.wanted, reduction="sum")
        return F.binary_cross_entropy(answer[1], self.wanted, reduction="sum")

    def missed(self, pictures):
        """The part of the loss that is of what the model found on the good pictures."""
        answer = self.model(pictures)
        if self.convention == "class_scores":
            return F.cross_entropy(answer, self.wanted, reduction="sum")
        return -(answer[1].clamp(min=1e-6).log() * self.wanted).sum()


class Helped:
    """The model that a network is trained for, its weights frozen."""

    def __init__(self, file):
        self.file = file
        self.sidecar = json.loads(file.with_suffix(".json").read_text())
        if self.sidecar["output"] not in ("boxes_scores", "class_scores"):
            raise SystemExit(f"{file}: output '{self.sidecar['output']}' has no dense scores")
        self.model = torch.jit.load(str(file)).eval()
        for weight in self.model.parameters():
            weight.requires_grad_(False)

    def said_of(self, good):
        return Said(self.model, self.sidecar["output"], self.sidecar["score_threshold"], good)

    def utility(self, pictures):
        """The sum that DNNGrad is taken of, without non-maximum suppression."""
        answer = self.model(pictures)
        if self.sidecar["output"] == "class_scores":
            first, second = answer.softmax(1).topk(2, 1).values.unbind(1)
            scores = first - second
        else:
            scores = answer[1]
        return torch.sigmoid(20 * (scores[scores > 0.05] - self.sidecar["score_threshold"])).sum()


def lossless_split(args, part, seeds):
    """Pictures of random scenes without loss, but for the colours that 4:2:0 leaves out."""
    return data.make_split(args.renderer, args.cache / "lossless" / part, "video", seeds, LOSSLESS)


def write(net, args, role, helped, tool):
    """Writes a network and its sidecar; returns the file, and the network as read back."""
    file = args.out / f"{helped.file.stem}.{role}.pt"
    net = training.export(net.eval(), file)
    sidecar = {"role": role, "source": f"{file.stem}: trained by tools/{tool} (seed {args.seed}) "
               f"for {helped.file.stem} on scenes rendered by this project"}
    file.with_suffix(".json").write_text(json.dumps(sidecar, indent=2) + "\n")
    return file, net


def argument_parser(description, steps, rate):
    parser = argparse.ArgumentParser(description=description,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", type=pathlib.Path, required=True,
                        help="the model that the network is to help")
    parser.add_argument("--renderer", type=pathlib.Path, required=True,
                        help="the render-scene program")
    parser.add_argument("--cache", type=pathlib.Path, required=True,
                        help="folder for the rendered pictures (up to 1 GB)")
    parser.add_argument("--out", type=pathlib.Path, default=pathlib.Path("datasets/models"))
    parser.add_argument("--train-scenes", type=int, default=8,
                        help="seeds of each kind of camera to train on")
    parser.add_argument("--unseen-scenes", type=int, default=2)
    parser.add_argument("--steps", type=int, default=steps)
    parser.add_argument("--rate", type=float, default=rate)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=1)
    return parser


def start(args):
    torch.set_num_threads(args.threads)
    torch.manual_seed(args.seed)
    train = lossless_split(args, f"train-{args.train_scenes}",
                           training.TRAIN_SEEDS[:args.train_scenes])
    unseen = lossless_split(args, f"unseen-{args.unseen_scenes}",
                            training.UNSEEN_SEEDS[:args.unseen_scenes])
    return Helped(args.model), train, unseen
