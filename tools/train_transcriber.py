#!/usr/bin/python3
"""Trains a transcriber on random speech scenes, exports it to TorchScript and measures it.

Needs Debian's python3-torch and python3-numpy and the program speak-scene. Example:

    tools/train_transcriber.py --size s --speaker build/release/speak-scene \
        --cache /tmp/speech --out datasets/models
"""

import argparse
import json
import pathlib

import numpy as np
import torch
from torch.nn import functional as F

import speech_data as data
import speech_eval
import speech_net
import training

TRAIN_SEEDS, TRAIN_NOISE_SEEDS = range(100000, 100110), range(150000, 150012)
UNSEEN_SEEDS, UNSEEN_NOISE_SEEDS = range(900000, 900005), range(900100, 900104)


def choose(order, size, rng):
    """Utterances of about the same length, so that a batch has little padding; short ones oftener,
    for single words are the hardest.
    """
    reach = min(12 * size, len(order))
    first = int((len(order) - reach + 1) * rng.random() ** 1.5)
    return rng.choice(order[first:first + reach], size, replace=False)


def ctc_loss(output, texts, numbers):
    targets = [[numbers[word] for word in text.split()] for text in texts]
    lengths = torch.tensor([len(target) for target in targets])
    steps = torch.full((len(texts),), output.shape[1])
    flat = torch.tensor([number for target in targets for number in target])
    return F.ctc_loss(output.transpose(0, 1), flat, steps, lengths, zero_infinity=True)


def train(net, split, numbers, args):
    """Trains in place; returns the seconds."""
    utterances, texts, noises = split
    order = np.argsort([len(utterance) for utterance in utterances], kind="stable")

    def batch_loss(rng, done):
        indices = choose(order, args.batch, rng)
        hardness = min(1, 3 * done)  # CTC finds the words sooner where they are clear
        pictures = data.make_batch(utterances, noises, indices, hardness, rng)
        return ctc_loss(net(pictures), [texts[i] for i in indices], numbers)

    return training.fit(net, batch_loss, args.steps, args.rate, args.seed, rise=0.1, clip=5,
                        memory=0.99)


def export(net, file):
    """Saves the network for inference; its output can still be differentiated by its input."""
    speech_net.fold_batch_norm(net.eval())
    for weight in net.parameters():
        weight.requires_grad_(False)
    torch.jit.script(net).save(str(file))


def write_sidecar(file, size, words, seed):
    sidecar = {
        "task": "transcribe",
        "input": {"kind": "audio", "rate": data.RATE, "window": data.WINDOW, "hop": data.HOP,
                  "fft": data.FFT, "mels": data.MELS, "low_hz": data.LOW_HZ,
                  "high_hz": data.HIGH_HZ},
        "output": "ctc",
        "classes": {str(i + 1): word for i, word in enumerate(words)},
        "score_threshold": 0.5,
        "loss_scale": 300,
        "source": f"speech-{size}: trained by tools/train_transcriber.py (seed {seed}) on "
                  "utterances of espeak-ng and flite",
    }
    file.write_text(json.dumps(sidecar, indent=2) + "\n")


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--size", choices=sorted(speech_net.SIZES), default="s")
    parser.add_argument("--speaker", type=pathlib.Path, required=True,
                        help="the speak-scene program")
    parser.add_argument("--cache", type=pathlib.Path, required=True,
                        help="folder for the recordings (about 0.4 GB)")
    parser.add_argument("--out", type=pathlib.Path, default=pathlib.Path("datasets/models"))
    parser.add_argument("--steps", type=int, default=1500)
    parser.add_argument("--batch", type=int, default=16)
    parser.add_argument("--rate", type=float, default=4e-3)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=1)
    return parser.parse_args()


def main():
    args = parse_arguments()
    torch.set_num_threads(args.threads)
    torch.manual_seed(args.seed)
    train_split = data.make_split(args.speaker, args.cache / "train", TRAIN_SEEDS,
                                  TRAIN_NOISE_SEEDS)
    unseen = data.make_split(args.speaker, args.cache / "unseen", UNSEEN_SEEDS, UNSEEN_NOISE_SEEDS)
    words = sorted({word for text in train_split[1] for word in text.split()})
    numbers = {word: i + 1 for i, word in enumerate(words)}
    net = speech_net.Transcriber(args.size, len(words) + 1).train()
    parameters = sum(weight.numel() for weight in net.parameters())
    seconds = train(net, train_split, numbers, args)
    file = args.out / f"speech-{args.size}.pt"
    export(net, file)
    write_sidecar(file.with_suffix(".json"), args.size, words, args.seed)
    cost = speech_net.multiply_adds(net, data.SLOT // data.HOP)
    print(f"size {args.size}, {parameters} parameters, {file.stat().st_size} bytes, "
          f"{2e-9 * cost:.3f} GFLOP per 4 s, trained in {seconds:.0f} s")
    print(speech_eval.report(torch.jit.load(str(file)), unseen, words))


if __name__ == "__main__":
    main()
