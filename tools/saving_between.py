#!/usr/bin/python3
"""What a scheme of one results folder saves over a scheme of another at equal accuracy, in percent:
between means over the clips, and clip by clip.

Both must have played the same clips. The saving is that of savings.csv: straight lines in log rate
between the points of the frontiers, those of their convex hulls where either run has several knobs,
after the start. With --only the baseline's configurations count
alone in which every other knob is at its dearest value: one knob of several, turned by itself.

Example: tools/saving_between.py results/runs/three-knobs calibrated results/runs/three-knobs static \\
             --only qp
"""

import argparse
import csv
import json
import math
import pathlib
import sys

import numpy as np

INPUT = 3  # the exit code of oneadapt-sim for a bad input file


class Problem(Exception):
    """What ends the program: one line."""


def read(folder):
    """The rows of summary.csv of the steady part, and the manifest."""
    try:
        with open(folder / "summary.csv", newline="", encoding="utf-8") as file:
            rows = [row for row in csv.DictReader(file) if row["part"] == "steady"]
        return rows, json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    except (OSError, ValueError, KeyError) as error:
        raise Problem(f"{folder}: is no results folder ({error}); name one that oneadapt-sim wrote "
                      "with --out") from error


def alone(configuration, knob, knobs):
    """Whether every other knob is at its dearest value."""
    values = dict(part.split("=") for part in configuration.split(","))
    return all(float(value) == knobs[name][0] for name, value in values.items() if name != knob)


def points(run, folder, scheme, knob=None):
    """By clip, the rates in kbit/s and accuracies of a scheme's rows."""
    rows, manifest = run
    if knob is not None and knob not in manifest["knobs"]:
        raise Problem(f"--only {knob}: {folder} has the knobs {', '.join(manifest['knobs'])}")
    by_clip = {}
    for row in rows:
        if row["scheme"] != scheme or not row["kbps"]:
            continue
        if knob is None or alone(row["configuration"], knob, manifest["knobs"]):
            by_clip.setdefault(row["clip"], []).append((float(row["kbps"]), float(row["accuracy"])))
    if not by_clip:
        names = sorted({row["scheme"] for row in rows})
        raise Problem(f"{folder}: has no scheme '{scheme}'; it has {', '.join(names)}")
    return by_clip


def passed_over(a, b, c):
    """Whether the line from a to c runs above b or through it."""
    return (b[1] - a[1]) * (c[0] - a[0]) <= (c[1] - a[1]) * (b[0] - a[0])


def frontier(all_points, hull):
    """The points that none beats, as two ascending arrays: log rates and accuracies."""
    best = []
    highest = -math.inf
    for rate, accuracy in sorted(all_points, key=lambda point: (point[0], -point[1])):
        if rate <= 0 or accuracy <= highest:
            continue
        highest = accuracy
        point = (math.log(rate), accuracy)
        while hull and len(best) > 1 and passed_over(best[-2], best[-1], point):
            best.pop()
        best.append(point)
    return tuple(np.array(best).reshape(-1, 2).T)


def saving(scheme, baseline, hull):
    """The share of the baseline's rate that is saved; None where they share no range of accuracy."""
    (log_a, a), (log_b, b) = frontier(scheme, hull), frontier(baseline, hull)
    if not a.size or not b.size:
        return None
    low, high = max(a[0], b[0]), min(a[-1], b[-1])
    if low >= high:
        return None
    knots = np.unique(np.concatenate([[low, high], *(x[(x > low) & (x < high)] for x in (a, b))]))
    difference = np.interp(knots, a, log_a) - np.interp(knots, b, log_b)
    area = np.sum((difference[1:] + difference[:-1]) / 2 * np.diff(knots))
    return 1 - math.exp(area / (high - low))


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
        run, other = read(options.folder), read(options.other)
        hull = any(len(manifest["knobs"]) > 1 for _, manifest in (run, other))
        mine = points(run, options.folder, options.scheme)
        others = points(other, options.other, options.baseline, options.only)
        if mine.keys() != others.keys():
            raise Problem(f"{options.folder} and {options.other} have other clips "
                          f"({', '.join(mine)}; {', '.join(others)})")
    except Problem as problem:
        print(f"saving_between.py: {problem}", file=sys.stderr)
        return INPUT
    for clip, own in mine.items():
        saved = saving(own, others[clip], hull)
        print(f"{clip}: " + ("no accuracy in common" if saved is None else f"{100 * saved:.1f} %"))
    return 0


if __name__ == "__main__":
    sys.exit(main())
