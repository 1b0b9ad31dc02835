#!/usr/bin/python3
"""Gives a shipped network early exits: an anytime network, exported to TorchScript and measured.

Needs what the task's own training program needs (train_detector.py, train_segmenter.py,
train_transcriber.py). Example:

    tools/train_anytime.py --task detect --renderer build/release/render-scene --cache /tmp/street
"""

import argparse
import json
import math
import pathlib

import numpy as np
import torch

import anytime_net
import detector_eval
import speech_data
import speech_eval
import speech_net
import street_data
import street_training
import train_detector
import train_segmenter
import train_transcriber
import training

SCENES = {"street": 30, "speech": 40}  # seeds to train on


def street_split(args, part, seeds, qps):
    return street_data.make_split(args.renderer, args.cache / "segment" / part, "video", seeds,
                                  qps, with_maps=True)


def street_train_split(args):
    seeds = street_training.TRAIN_SEEDS[:args.train_scenes or SCENES["street"]]
    return street_split(args, f"train-{len(seeds)}", seeds, street_training.MIXED_QPS)


def unseen_pictures(args):
    return street_split(args, "unseen", street_training.UNSEEN_SEEDS, street_training.TEST_QPS)


class Detect:
    """Exits of a street detector, scored by F1."""

    start, name, score = "street-m", "street-anytime", "F1"
    blank = torch.zeros(1, 3, street_data.HEIGHT, street_data.WIDTH)

    def __init__(self, args):
        self.args = args
        self.net = anytime_net.Detector("m", len(street_data.CLASSES))
        self.exported = anytime_net.ExportedDetector

    def batch_loss(self):
        pictures = street_train_split(self.args)

        def loss(rng, _):
            batch, targets = train_detector.make_batch(pictures, "video", rng)
            return sum(train_detector.loss_of(raw, targets)
                       for raw in anytime_net.run(self.net, batch)[:-1])

        return loss

    def finish(self, sidecar):
        """Moves the scores of each exit so that all share the threshold of the network."""
        choice = street_split(self.args, "choice", street_training.CHOICE_SEEDS,
                              street_training.TEST_QPS)
        model = self.exported(self.net)
        logit = lambda share: math.log(share / (1 - share))
        for k, out in enumerate(self.net.outs(), 1):
            best = detector_eval.best_threshold(self.found(model, k, choice), choice.boxes)
            with torch.no_grad():
                out.bias[4:] += logit(sidecar["score_threshold"]) - logit(best)

    @staticmethod
    def found(model, k, split):
        at_exit = lambda batch: stop_after(model, k, batch)
        return [detector_eval.detect(at_exit, street_training.to_batch([picture]))
                for picture in split.pictures]

    def measure(self, model, sidecar):
        unseen = unseen_pictures(self.args)
        kinds = np.array(unseen.kinds)
        for k in range(1, self.net.EXITS + 1):
            rows = detector_eval.scores_at(self.found(model, k, unseen), unseen.boxes,
                                           sidecar["score_threshold"])
            f1 = np.array([detector_eval.f1(*row) for row in rows])
            yield {"F1": f1.mean(), **{kind: f1[kinds == kind].mean()
                                       for kind in street_data.KINDS}}


class Segment:
    """Exits of a street segmenter, scored by mean IoU."""

    start, name, score = "segment-n", "segment-anytime", "mean IoU"
    blank = torch.zeros(1, 3, street_data.HEIGHT, street_data.WIDTH)

    def __init__(self, args):
        self.args = args
        self.net = anytime_net.Segmenter("n", len(train_segmenter.CLASSES))
        self.exported = anytime_net.Exported

    def batch_loss(self):
        pictures = street_train_split(self.args)

        def loss(rng, _):
            batch, truth = train_segmenter.make_batch(pictures, rng)
            return sum(train_segmenter.loss_of(scores, truth)
                       for scores in anytime_net.run(self.net, batch)[:-1])

        return loss

    def finish(self, sidecar):
        """Nothing is left to do."""

    def measure(self, model, _):
        unseen = unseen_pictures(self.args)
        kinds = np.array(unseen.kinds)
        for k in range(1, self.net.EXITS + 1):
            at_exit = lambda batch, k=k: stop_after(model, k, batch)
            ious = np.array([np.nanmean(train_segmenter.overlaps(
                train_segmenter.classify(at_exit, picture), train_segmenter.sample(truth)))
                for picture, truth in zip(unseen.pictures, unseen.maps, strict=True)])
            yield {"mean IoU": ious.mean(), **{kind: ious[kinds == kind].mean()
                                               for kind in street_data.KINDS}}


class Transcribe:
    """Exits of a transcriber, scored by word error rates."""

    start, name, score = "speech-m", "speech-anytime", "word error rate"
    blank = torch.zeros(1, 1, speech_net.MELS, speech_data.SLOT // speech_data.HOP)

    def __init__(self, args):
        self.args = args
        self.words = [word for _, word in sorted(
            (int(i), word) for i, word in read_sidecar(args, self.start)["classes"].items())]
        self.net = anytime_net.Transcriber("m", len(self.words) + 1)
        self.exported = anytime_net.Exported

    def batch_loss(self):
        seeds = train_transcriber.TRAIN_SEEDS[:self.args.train_scenes or SCENES["speech"]]
        utterances, texts, noises = speech_data.make_split(
            self.args.speaker, self.args.cache / f"train-{len(seeds)}", seeds,
            train_transcriber.TRAIN_NOISE_SEEDS[:6])
        order = np.argsort([len(utterance) for utterance in utterances], kind="stable")
        numbers = {word: i + 1 for i, word in enumerate(self.words)}

        def loss(rng, done):
            indices = train_transcriber.choose(order, 16, rng)
            pictures = speech_data.make_batch(utterances, noises, indices, min(1, 3 * done), rng)
            said = [texts[i] for i in indices]
            return sum(train_transcriber.ctc_loss(output, said, numbers)
                       for output in anytime_net.run(self.net, pictures)[:-1])

        return loss

    def finish(self, sidecar):
        """Nothing is left to do."""

    def measure(self, model, _):
        utterances, texts, noises = speech_data.make_split(
            self.args.speaker, self.args.cache / "unseen", train_transcriber.UNSEEN_SEEDS,
            train_transcriber.UNSEEN_NOISE_SEEDS)
        for k in range(1, self.net.EXITS + 1):
            at_exit = lambda picture, k=k: stop_after(model, k, picture)
            yield {f"{snr} dB": speech_eval.error_rate(
                at_exit, speech_eval.slots(utterances, noises, snr), texts, self.words)
                for snr in speech_eval.SNRS}


TASKS = {"detect": Detect, "segment": Segment, "transcribe": Transcribe}


def stop_after(model, k, x):
    """What an exported network says at exit k."""
    state, output = model.stage(1, [x])
    for later in range(2, k + 1):
        state, output = model.stage(later, state)
    return output


def read_sidecar(args, name):
    return json.loads((args.models / f"{name}.json").read_text())


def take_network(net, file):
    """Takes over a shipped network, which stays as it is, and leaves the exits to be trained."""
    speech_net.fold_batch_norm(net.eval())
    net.load_state_dict({name.removeprefix("net."): weight for name, weight
                         in torch.jit.load(str(file)).state_dict().items()})
    net.requires_grad_(False)


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--task", choices=sorted(TASKS), required=True)
    parser.add_argument("--renderer", type=pathlib.Path, help="the render-scene program")
    parser.add_argument("--speaker", type=pathlib.Path, help="the speak-scene program")
    parser.add_argument("--cache", type=pathlib.Path, required=True,
                        help="folder for pictures or recordings (up to 2 GB)")
    parser.add_argument("--models", type=pathlib.Path, default=pathlib.Path("datasets/models"),
                        help="folder of the shipped network, and for the new one")
    parser.add_argument("--train-scenes", type=int, help="seeds to train on")
    parser.add_argument("--steps", type=int, default=2000)
    parser.add_argument("--rate", type=float, default=4e-3)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=1)
    return parser.parse_args()


def main():
    args = parse_arguments()
    torch.set_num_threads(args.threads)
    torch.manual_seed(args.seed)
    task = TASKS[args.task](args)
    net = task.net
    take_network(net.net, args.models / f"{task.start}.pt")
    seconds = training.fit(net.train(), task.batch_loss(), args.steps, args.rate, args.seed,
                           rise=0.1, clip=10, memory=0.998)
    take_network(net.net, args.models / f"{task.start}.pt")  # averaging left it off by roundings
    speech_net.fold_batch_norm(net.eval())
    sidecar = read_sidecar(args, task.start)
    task.finish(sidecar)
    file = args.models / f"{task.name}.pt"
    model = street_training.export(task.exported(net), file)
    sidecar["exits"] = net.EXITS
    sidecar["source"] = (f"{task.name}: {task.start} with early exits trained by "
                         f"tools/train_anytime.py (seed {args.seed})")
    file.with_suffix(".json").write_text(json.dumps(sidecar, indent=2) + "\n")
    print(f"{task.name}: {sum(weight.numel() for weight in net.parameters())} parameters, "
          f"{file.stat().st_size} bytes, trained in {seconds:.0f} s; {task.score} by exit")
    gflops = [2e-9 * cost for cost in anytime_net.costs(net, task.blank)]
    for k, (gflop, row) in enumerate(zip(gflops, task.measure(model, sidecar), strict=True), 1):
        figures = ", ".join(f"{name} {value:.3f}" for name, value in row.items())
        print(f"exit {k}: {gflop:.3f} GFLOP, {figures}", flush=True)


if __name__ == "__main__":
    main()
