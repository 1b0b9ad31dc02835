#!/usr/bin/python3
"""Trains the policies of `casva` by PPO, on streets that no shipped clip shows and on links that no
experiment uses.

    tools/train_casva.py   # writes datasets/policies/casva-latency.pt and casva-delivery.pt

Renders random scenes, records the grid that the policies are trained on (once, into the trace),
and lets tools/external/ppo.py play and learn: every cell of an iteration is an episode. Beside each
policy come what it was trained with and its curve (JSON), and a picture of both curves.
"""

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tools" / "external"))

# Kind, seed, seconds and frames per second of each scene.
CLIPS = (("dashcam", 770001, 30, 10), ("fixed", 770001, 40, 30))
CODING = ["--duration", "12", "--size", "640x352", "--knob", "qp,resolution,framerate",
          "--values", "qp=20,26,34,42,50", "--values", "resolution=1,0.67,0.47",
          "--values", "framerate=10,5,2"]
# Mbit/s, and links that change (see --link).
LINKS = ["0.15", "0.3", "0.6", "1.2", "markov:1,0.1,8,5,101", "markov:2,0.3,10,10,102"]
BETAS = {"latency": 0.5, "delivery": 0.05}  # price of a second of delay, in accuracy


def rendered(arguments):
    """The training clips, drawn on first use."""
    arguments.cache.mkdir(parents=True, exist_ok=True)
    clips = []
    for kind, seed, seconds, fps in CLIPS:
        clip = arguments.cache / f"{kind}-{seed}.mkv"
        if not clip.exists():
            subprocess.run([arguments.build / "render-scene", "--random", kind, "--seed", str(seed),
                            "--seconds", str(seconds), "--fps", str(fps), "--out", clip,
                            "--labels", clip.with_suffix(".json")], check=True)
        clips += ["--clip", str(clip)]
    return clips


def train(name, simulation, arguments):
    import ppo
    import torch

    words = ["--simulator", str(arguments.build / "oneadapt-sim"), "--links", " ".join(LINKS),
             "--iterations", str(arguments.iterations), "--seed", str(arguments.seed),
             "--beta", str(BETAS[name]), "--weights", "0.1,1,10", "--", *simulation]
    settings = ppo.read_arguments(words)
    policy, curve = ppo.train(settings)
    out = arguments.out / f"casva-{name}.pt"
    torch.jit.trace(policy, torch.zeros(1, ppo.INPUTS)).save(str(out))
    facts = {"trained_by": "tools/train_casva.py", "seed": arguments.seed, "beta": BETAS[name],
             "weights": settings.weights, "links": LINKS, "coding": CODING,
             "clips": [f"render-scene --random {kind} --seed {seed} --seconds {seconds} "
                       f"--fps {fps}" for kind, seed, seconds, fps in CLIPS],
             "curve": [round(reward, 4) for reward in curve]}
    out.with_suffix(".json").write_text(json.dumps(facts, indent=1) + "\n")
    return curve


def draw(curves, file):
    """Mean reward of a round over all links."""
    links = len(LINKS)
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(figsize=(4, 2.6))
    for name, curve in curves.items():
        rounds = [curve[i:i + links] for i in range(0, len(curve) - links + 1, links)]
        axes.plot([sum(each) / links for each in rounds], label=name)
    axes.set_xlabel(f"rounds of {links} links")
    axes.set_ylabel("mean reward")
    axes.legend(frameon=False)
    figure.tight_layout()
    figure.savefig(file, dpi=150)


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", type=Path, default=ROOT / "build" / "release")
    parser.add_argument("--cache", type=Path, default=ROOT / "build" / "casva")
    parser.add_argument("--out", type=Path, default=ROOT / "datasets" / "policies")
    parser.add_argument("--iterations", type=int, default=48)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)
    simulation = [*rendered(arguments), *CODING, "--trace", str(arguments.cache / "casva.trace")]
    subprocess.run([arguments.build / "oneadapt-sim", "record", *simulation, "--scheme", "static",
                    "--quiet"], check=True)
    os.environ["OPENBLAS_NUM_THREADS"] = "1"
    curves = {name: train(name, simulation, arguments) for name in BETAS}
    draw(curves, arguments.out / "casva.png")


if __name__ == "__main__":
    main()
