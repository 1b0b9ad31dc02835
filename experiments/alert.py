#!/usr/bin/python3
"""Plays ALERT and its rivals over tasks, environments, profiles and 36 settings each.

For each task the DNNs' accuracies are first taken from results of `static` on what lies before and
after the third of each clip that is played (tools/accuracy_profile.py); then every goal,
environment and profile is a run:

    experiments/alert.py --program build/release/oneadapt-sim --out results/runs/alert

Deadlines are 0.4 to 2 times what the largest DNN takes at the highest cap, beside what the camera
takes; accuracies lie evenly over what the DNNs reach, energies over what the choices take.
"""

import argparse
import csv
import json
import pathlib
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[1]
DEVICES = ROOT / "datasets" / "devices"
SCHEMES = ["alert", "alert-oracle", "alert-static", "sys-only", "race-to-idle"]
ANYTIME = ["app-only", "no-coordination"]  # where there is an anytime DNN
FACTORS = [0.4, 0.6, 0.8, 1, 1.4, 2]

# Options of a task's recordings, seconds between inputs, and seconds of each third of a clip.
TASKS = {
    "detect": (["--task", "detect", "--segment-frames", "1"], 0.1, 10),
    "segment": (["--task", "segment", "--segment-frames", "1"], 0.1, 10),
    "transcribe": (["--task", "transcribe", "--dataset", "datasets/speech-long.json"], 4, 100),
}


def part(third, seconds):
    """Options that play the first, second or last third of each clip."""
    return ["--start", str(third * seconds), "--duration", str(seconds)]


def spread(low, high, count=6):
    """Numbers inside a range, as far from its ends as from each other."""
    return [low + (high - low) * (i + 1) / (count + 1) for i in range(count)]


def listed(numbers):
    return ",".join(f"{number:.4g}" for number in numbers)


class Experiment:
    """What the runs of one task have in common."""

    def __init__(self, arguments, task):
        self.arguments = arguments
        self.task = task
        self.options, self.period, self.third = TASKS[task]
        models = [f"datasets/models/{name}" for name in arguments.models.get(task, [])]
        self.options = self.options + (["--models", ",".join(models)] if models else [])
        self.folder = arguments.out / task

    def run(self, options, out):
        if (out / "manifest.json").exists():
            return
        command = [self.arguments.program, *self.options, "--score", "labels", "--trace",
                   str(self.arguments.trace), "--quiet", "--out", str(out), *options]
        print(" ".join(command), flush=True)
        subprocess.run(command, check=True, cwd=ROOT)

    def profile(self):
        """Mean accuracy and GFLOP of each DNN, and the file that has the accuracies."""
        folders = [self.folder / f"profile-{place}" for place in range(2)]
        for folder, third in zip(folders, (0, 2), strict=True):
            self.run(["--knob", "model", "--scheme", "static", *part(third, self.third)], folder)
        file = self.folder / "accuracies.csv"
        file.write_text(subprocess.run([ROOT / "tools" / "accuracy_profile.py", *folders],
                                       check=True, capture_output=True, text=True).stdout)
        with open(file, newline="") as opened:
            accuracies = [float(row["accuracy"]) for row in csv.DictReader(opened)]
        with open(folders[0] / "summary.csv", newline="") as opened:
            rows = [row for row in csv.DictReader(opened)
                    if (row["clip"], row["part"]) == ("all", "whole")]
        work = [float(row["gflop"]) / float(row["forward_frames"]) for row in rows]
        return accuracies, work, file

    def play(self, profile, environment):
        accuracy, work, file = self.profile()
        device = json.loads((DEVICES / f"{profile}.json").read_text())
        seconds = [device["forward_s_per_gflop"] * gflop for gflop in work]
        camera = device["encode_s_per_megapixel"] * 0.25
        deadlines = [1000 * (factor * max(seconds) + camera) for factor in FACTORS]
        caps = device["power"]["caps_watts"]
        idle = device["idle_ratio"] * min(caps) * self.period
        dear = max(caps) * (max(seconds) + device["idle_ratio"] * (self.period - max(seconds)))
        bounds = {"min-energy": ["--min-accuracy", listed(spread(min(accuracy), max(accuracy)))],
                  "max-accuracy": ["--max-energy", listed(spread(idle, dear))]}
        for goal, bound in bounds.items():
            self.run(["--knob", "model,power", "--profile", profile, "--environment", environment,
                      "--goal", goal, *bound, "--deadline-ms", listed(deadlines), "--accuracies",
                      str(file), "--scheme", ",".join(self.arguments.schemes), *part(1, self.third),
                      *(word for given in self.arguments.set for word in ("--set", given))],
                     self.folder / f"{profile}-{environment}-{goal}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--program", required=True)
    parser.add_argument("--out", type=pathlib.Path, required=True)
    parser.add_argument("--trace", type=pathlib.Path, default="results/runs/alert.trace")
    parser.add_argument("--tasks", default="detect,segment,transcribe")
    parser.add_argument("--profiles", default="embedded,laptop,server-cpu,gpu")
    parser.add_argument("--environments", default="default,cpu,memory")
    parser.add_argument("--models", action="append", default=[], metavar="TASK=FILE,FILE",
                        help="files of datasets/models instead of the sizes")
    parser.add_argument("--set", action="append", default=[], metavar="SCHEME.NAME=VALUE",
                        help="a scheme's parameter")
    parser.add_argument("--anytime", action="store_true", help="there are anytime DNNs among them")
    arguments = parser.parse_args()
    arguments.models = {task: files.split(",") for task, _, files in
                        (given.partition("=") for given in arguments.models)}
    arguments.schemes = SCHEMES + (ANYTIME if arguments.anytime else [])
    for task in arguments.tasks.split(","):
        for environment in arguments.environments.split(","):
            for profile in arguments.profiles.split(","):
                Experiment(arguments, task).play(profile, environment)


if __name__ == "__main__":
    main()
