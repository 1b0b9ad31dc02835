#!/usr/bin/python3
"""Runs DNNs for real beside stress-ng, ALERT choosing among them; then asks the simulator.

Every input has a deadline. ALERT's filter (Kalman, of the slowdown that all DNNs share) and its
rule (most expected accuracy; there is no power cap here) choose a DNN, traditional or anytime, the
latter being stopped after the last exit that it finishes in time. What each input took, how much
slower that is than alone, and the profile that was measured before go to a folder; the simulator
plays the same slowdowns with the same profile, and its latencies and misses are printed beside
those measured. Needs Debian's python3-torch and stress-ng. Example:

    tools/live_alert.py --kind memory --deadline-ms 20 --out results/runs/live
"""

import argparse
import csv
import json
import math
import pathlib
import statistics
import subprocess
import time

import torch

import contend

HEADER = ("seconds", "dnn", "delivered", "took_ms", "slowdown", "missed")


class Candidate:
    """A DNN, with the stages that it can be stopped after: one for a traditional DNN."""

    def __init__(self, name, model, exits, accuracies):
        self.name, self.model, self.exits = name, model, exits
        stages = [f"{name}@{k}" for k in range(1, exits)] if exits else []
        self.stages = [*stages, name]
        self.accuracies = [accuracies[stage] for stage in self.stages]
        self.alone = []  # seconds up to each stage

    def run(self, picture, deadline=math.inf):
        """Seconds up to each stage that was finished by the deadline, and those of all of it."""
        start = time.perf_counter()
        since = lambda: time.perf_counter() - start
        finished = []
        with torch.no_grad():
            if not self.exits:
                self.model(picture)
                took = since()
                return ([took] if took <= deadline else []), took
            state = [picture]
            for k in range(1, self.exits + 1):
                state, _ = self.model.stage(k, state)
                took = since()
                if took > deadline:
                    break
                finished.append(took)
        return finished, took

    def profile(self, picture, runs=15):
        for _ in range(5):
            self.run(picture)
        self.alone = [statistics.median(times)
                      for times in zip(*(self.run(picture)[0] for _ in range(runs)), strict=True)]

    def expected_accuracy(self, left, mean, deviation):
        """Of ALERT: the accuracy of each stage times the probability that it is the last one."""
        done = [0.5 * math.erfc(-(left / t - mean) / deviation / math.sqrt(2)) for t in self.alone]
        return sum(accuracy * (now - later) for accuracy, now, later
                   in zip(self.accuracies, done, [*done[1:], 0.0], strict=True))


class Slowdown:
    """ALERT's filter, with its published constants."""

    def __init__(self):
        self.mean, self.variance, self.gain = 1.0, 0.1, 0.5
        self.noise, self.innovation = 0.1, 0.0

    def update(self, ratio):
        self.noise = max(0.1, 0.3 * self.noise + 0.7 * (self.gain * self.innovation) ** 2)
        self.variance = (1 - self.gain) * self.variance + self.noise
        self.innovation = ratio - self.mean
        self.gain = self.variance / (self.variance + 0.001)
        self.mean += self.gain * self.innovation


def read_accuracies(file):
    """The rows of the CSV of `--accuracies` that are scored against the reference."""
    with file.open(newline="") as stream:
        return {row["dnn"]: float(row["accuracy"]) for row in csv.DictReader(stream)
                if row["score"] == "reference"}


def load(files, accuracies):
    candidates = []
    for file in files:
        sidecar = json.loads(file.with_suffix(".json").read_text())
        candidates.append(Candidate(file.stem, torch.jit.load(str(file)), sidecar.get("exits", 0),
                                    accuracies))
    return candidates


def play(candidates, picture, contender, args):
    """Runs the inputs, one a period; yields a row each."""
    belief, deadline = Slowdown(), args.deadline_ms / 1e3
    start = time.perf_counter()
    try:
        for i in range(args.inputs):
            time.sleep(max(start + i * args.period - time.perf_counter(), 0))
            contender.follow(time.perf_counter() - start)
            began = time.perf_counter()
            deviation = math.sqrt(belief.variance)
            chosen = max(candidates, key=lambda candidate: candidate.expected_accuracy(
                deadline, belief.mean, deviation))
            finished, took = chosen.run(picture, deadline - (time.perf_counter() - began))
            # What was measured is the last stage that was finished, else the first of them all.
            place = max(len(finished), 1) - 1
            ratio = (finished[-1] if finished else took) / chosen.alone[place]
            belief.update(ratio)
            yield (began - start, chosen.name, chosen.stages[place] if finished else "",
                   1e3 * min(took, deadline), ratio, not finished)
    finally:
        contender.stop()


def write_profile(file, candidates, args):
    """A device profile that has nothing but what was measured: no camera, no link."""
    height, width = (int(side) for side in args.shape.split("x")[1:])
    rows = [{"dnn": candidate.name, "width": width, "height": height,
             "exit": k if candidate.exits else 0, "cap_watts": 0, "seconds": seconds, "watts": 0}
            for candidate in candidates for k, seconds in enumerate(candidate.alone, 1)]
    file.write_text(json.dumps({
        "name": "live", "encode_s_per_megapixel": 0, "camera_watts": 0,
        "server_encode_s_per_megapixel": 0, "forward_s_per_gflop": 0, "backward_ratio": 1,
        "server_watts": 0, "latency_s": 0, "dnns": rows}, indent=2) + "\n")


def write_rows(folder, rows, args):
    with (folder / "inputs.csv").open("w", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(HEADER)
        writer.writerows((f"{row[0]:.4f}", *row[1:3], f"{row[3]:.3f}", f"{row[4]:.4f}",
                          int(row[5])) for row in rows)
    lines = ["seconds,slowdown"]
    lines += [f"{i * args.period:.4f},{row[4]:.4f}" for i, row in enumerate(rows)]
    lines.append(f"{len(rows) * args.period:.4f},1")
    (folder / "slowdown.csv").write_text("\n".join(lines) + "\n")


def simulate(args):
    """What the simulator says of the same: rows of its segments.csv, an input each."""
    run = args.out / "simulated"
    subprocess.run([
        str(args.program), "--quiet", "--task", "detect", "--knob", "model", "--models",
        ",".join(map(str, args.models)), "--clip", str(args.clip), "--fps", f"{1 / args.period:g}",
        "--segment-frames", "1", "--duration", f"{args.inputs * args.period:g}",
        "--scheme", "alert", "--goal", "max-accuracy", "--max-power", "1",
        "--deadline-ms", f"{args.deadline_ms:g}", "--accuracies", str(args.accuracies),
        "--profile", str(args.out / "profile.json"), "--slowdown", str(args.out / "slowdown.csv"),
        "--trace", str(args.out / "live.trace"), "--out", str(run)], check=True)
    with (run / "segments.csv").open(newline="") as stream:
        return [row for row in csv.DictReader(stream) if row["scheme"] == "alert"]


def summary(name, latencies, misses, count):
    return (f"{name}: mean latency {statistics.mean(latencies):.2f} ms, missed "
            f"{100 * misses / count:.1f} % of {count} inputs")


def parse_arguments():
    models = [pathlib.Path(f"datasets/models/street-{size}.pt")
              for size in ("anytime", "m", "s", "n")]
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kind", choices=sorted(contend.KINDS), required=True)
    parser.add_argument("--models", type=pathlib.Path, nargs="+", default=models)
    parser.add_argument("--accuracies", type=pathlib.Path,
                        default=pathlib.Path("datasets/models/accuracies.csv"))
    parser.add_argument("--clip", type=pathlib.Path,
                        default=pathlib.Path("datasets/clips/dashcam.mkv"))
    parser.add_argument("--shape", default="3x384x640", help="of a picture of that clip")
    parser.add_argument("--deadline-ms", type=float, default=20)
    parser.add_argument("--period", type=float, default=0.1, help="seconds between inputs")
    parser.add_argument("--inputs", type=int, default=300)
    parser.add_argument("--burst", type=float, default=5)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--program", type=pathlib.Path,
                        default=pathlib.Path("build/release/oneadapt-sim"))
    parser.add_argument("--out", type=pathlib.Path, required=True)
    return parser.parse_args()


def main():
    args = parse_arguments()
    torch.set_num_threads(1)
    args.out.mkdir(parents=True, exist_ok=True)
    candidates = load(args.models, read_accuracies(args.accuracies))
    picture = torch.rand(1, *(int(side) for side in args.shape.split("x")))
    for candidate in candidates:
        candidate.profile(picture)
    write_profile(args.out / "profile.json", candidates, args)
    contender = contend.Contender(args.kind, args.inputs * args.period, args.burst, args.seed)
    rows = list(play(candidates, picture, contender, args))
    write_rows(args.out, rows, args)
    print(summary("measured ", [row[3] for row in rows], sum(row[5] for row in rows), len(rows)))
    told = simulate(args)
    late = [row for row in told if not row["delay_s"]]
    print(summary("simulated", [1e3 * float(row["delay_s"]) for row in told if row["delay_s"]]
                  + [args.deadline_ms] * len(late), len(late), len(told)))


if __name__ == "__main__":
    main()
