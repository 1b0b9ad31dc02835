#!/usr/bin/python3
"""What a scheme of one results folder saves over one of another in bandwidth at equal accuracy, in
percent: between means over the clips, and clip by clip.

Both must have played the same clips as long, and drawn their frontiers by the same --lines. The
saving is that of savings.csv, after the start; a star says that they share a single accuracy. With
--only the baseline's configurations count alone in which every other knob is at its dearest value:
one knob of several, turned by itself.

Example: tools/saving_between.py results/runs/three-knobs calibrated \\
             results/runs/three-knobs static --only qp
"""

import argparse
import csv
import json
import math
import pathlib
import sys

import numpy as np

INPUT = 3  # the exit code of oneadapt-sim for a bad input file
SAME_ACCURACY = 1e-9


class Problem(Exception):
    """What ends the program: one line."""


class Run:
    """A results folder: summary.csv of the steady part, and what its manifest says."""

    def __init__(self, folder):
        self.folder = folder
        try:
            with open(folder / "summary.csv", newline="", encoding="utf-8") as file:
                rows = list(csv.DictReader(file))
            manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
            self.rows = [row for row in rows if row["part"] == "steady"]
            self.knobs, self.clips, spec = (manifest[key] for key in ("knobs", "clips", "spec"))
        except (OSError, ValueError, KeyError) as error:
            raise Problem(f"{folder}: is no results folder of this version ({error}); run it "
                          "again, and name the folder of --out") from error
        if not self.rows:
            raise Problem(f"{folder}: has no steady part; use a shorter --warmup or longer clips")
        if spec.get("metric", "accuracy") != "accuracy" or spec.get("weight_gpu", 0):
            raise Problem(f"{folder}: is not priced by bandwidth at equal accuracy "
                          "(--metric, --weight-gpu), of which alone savings are taken here")
        self.lines = lines_of(manifest)
        if self.lines == "pchip":
            raise Problem(f"{folder}: draws frontiers by pchip; run it with --lines straight or "
                          "hull")

    def points(self, scheme, knob=None):
        """By clip, the rates in kbit/s and accuracies of a scheme's rows."""
        if knob is not None and knob not in self.knobs:
            raise Problem(f"--only {knob}: {self.folder} has the knobs {', '.join(self.knobs)}")
        mine = [row for row in self.rows if row["scheme"] == scheme and row["kbps"]]
        if not mine:
            names = sorted({row["scheme"] for row in self.rows})
            raise Problem(f"{self.folder}: has no scheme '{scheme}'; it has {', '.join(names)}")
        if knob is not None and not mine[0]["configuration"]:
            raise Problem(f"--only {knob}: '{scheme}' has no row for each configuration")
        by_clip = {}
        for row in mine:
            if knob is None or self.alone(row["configuration"], knob):
                by_clip.setdefault(row["clip"], []).append(
                    (float(row["kbps"]), float(row["accuracy"])))
        return by_clip

    def alone(self, configuration, knob):
        """Whether every other knob is at its dearest value."""
        values = dict(part.split("=") for part in configuration.split(","))
        return all(same(value, self.knobs[name][0]) for name, value in values.items()
                   if name != knob)

    def segments(self):
        """By clip, how many segments the steady part has."""
        return {row["clip"]: row["segments"] for row in self.rows}


def same(text, value):
    """Whether a configuration's text spells a value, a number or a word."""
    try:
        return float(text) == float(value)
    except ValueError:
        return text == value


def passed_over(a, b, c):
    """Whether a and c in turn make the accuracy of b no dearer."""
    return (b[1] - a[1]) * (c[0] - a[0]) <= (c[1] - a[1]) * (b[0] - a[0])


def lines_of(manifest):
    """How a run draws its frontiers: straight, pchip or hull."""
    lines = manifest["spec"].get("lines", "straight")
    if lines == "auto":
        return "hull" if len(manifest["knobs"]) > 1 else "straight"
    return lines


def unbeaten(all_points, lines):
    """The points (rate, accuracy) that none beats, nor two others in turn where the lines are those
    of a hull; ascending."""
    best = []
    highest = -math.inf
    for point in sorted(all_points, key=lambda point: (point[0], -point[1])):
        if point[0] <= 0 or point[1] <= highest + SAME_ACCURACY:
            continue
        highest = point[1]
        while lines == "hull" and len(best) > 1 and passed_over(best[-2], best[-1], point):
            best.pop()
        best.append(point)
    return best


def frontier(all_points, lines):
    """The points that none beats, as two ascending arrays: log rates and accuracies."""
    rates, accuracies = np.array(unbeaten(all_points, lines)).reshape(-1, 2).T
    return np.log(rates), accuracies


def saving(scheme, baseline, lines):
    """The share of the baseline's rate that is saved, and whether at a single accuracy; None where
    they share none."""
    (log_a, a), (log_b, b) = frontier(scheme, lines), frontier(baseline, lines)
    if not a.size or not b.size or max(a[0], b[0]) > min(a[-1], b[-1]):
        return None
    low, high = max(a[0], b[0]), min(a[-1], b[-1])
    knots = np.unique(np.concatenate([[low, high], *(x[(x > low) & (x < high)] for x in (a, b))]))
    difference = np.interp(knots, a, log_a) - np.interp(knots, b, log_b)
    if high - low <= SAME_ACCURACY:
        return 1 - math.exp(difference[0]), True
    area = np.sum((difference[1:] + difference[:-1]) / 2 * np.diff(knots))
    return 1 - math.exp(area / (high - low)), False


def check_same(run, other):
    """Refuses runs whose savings would mean nothing."""
    if run.clips != other.clips or run.segments() != other.segments():
        raise Problem(f"{run.folder} and {other.folder} did not play the same clips as long")
    if run.lines != other.lines and 1 not in (len(run.knobs), len(other.knobs)):
        raise Problem(f"{run.folder} and {other.folder} have other --lines "
                      f"({run.lines}, {other.lines})")


def main():
    """Prints a line for each clip."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n", maxsplit=1)[0])
    parser.add_argument("folder", type=pathlib.Path, help="results folder")
    parser.add_argument("scheme", help="who saves")
    parser.add_argument("other", type=pathlib.Path, help="the baseline's results folder")
    parser.add_argument("baseline", help="over whom")
    parser.add_argument("--only", metavar="KNOB", help="of the baseline, this knob alone")
    options = parser.parse_args()
    try:
        run, other = Run(options.folder), Run(options.other)
        check_same(run, other)
        mine = run.points(options.scheme)
        others = other.points(options.baseline, options.only)
    except Problem as problem:
        print(f"saving_between.py: {problem}", file=sys.stderr)
        return INPUT
    # A frontier of one knob is drawn as that of several which it is held against.
    lines = "hull" if "hull" in (run.lines, other.lines) else "straight"
    print(f"lines: {lines}")
    for clip, own in mine.items():
        saved = saving(own, others[clip], lines)
        print(f"{clip}: " + ("no accuracy in common" if saved is None else
                             f"{100 * saved[0]:.1f} %" + ("*" if saved[1] else "")))
    return 0


if __name__ == "__main__":
    sys.exit(main())
