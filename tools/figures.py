#!/usr/bin/python3
"""Draws a results folder of oneadapt-sim: frontier.png, choices.png and agreement.png.

Needs Debian's python3-matplotlib, so run it with Debian's interpreter:
    /usr/bin/python3 tools/figures.py results/runs/demo
"""

import argparse
import collections
import csv
import json
import math
import os
import pathlib
import sys

try:
    import matplotlib

    if not os.environ.get("MPLBACKEND"):
        matplotlib.use("Agg")
    from matplotlib import pyplot as plt
    from matplotlib import ticker
except ImportError:
    sys.exit("figures.py: matplotlib is missing; apt-get install python3-matplotlib and run "
             "this file with /usr/bin/python3")

from saving_between import lines_of, unbeaten

USAGE, INPUT, OUTPUT = 2, 3, 6  # the exit codes of oneadapt-sim

# Okabe and Ito's palette, told apart by all kinds of colour vision (with ochre for its yellow,
# which is too pale for lines), and four more for runs of many schemes; markers tell them apart in
# grey.
COLOURS = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000", "#8A6D00",
           "#7B3294", "#A50026", "#7F7F7F", "#80B918"]
MARKERS = ["o", "s", "^", "D", "v", "P", "X", "*"]
LINES = ["-", "--", "-.", ":"]
STATIC = "static"
CHOOSERS = ["oneadapt", "oneadapt-bounded", "oracle"]
COLUMNS = 3  # panels side by side
ENTRY = 1.9  # inches that a legend's entry takes at most
NAMES = {"model": ["n", "s", "m"]}  # values spelled by names, cheapest first: drawn in that order


class Problem(Exception):
    """What ends the program: one line and an exit code."""

    def __init__(self, code, text):
        super().__init__(text)
        self.code = code


def read_rows(folder, name, needed):
    """The rows of a CSV as dictionaries; refuses a file without the columns `needed`."""
    path = folder / name
    try:
        with open(path, newline="", encoding="utf-8") as file:
            reader = csv.DictReader(file)
            missing = [c for c in needed if c not in (reader.fieldnames or [])]
            if missing:
                raise Problem(INPUT, f"{path}: lacks the column '{missing[0]}'; "
                              "name a results folder of this version of oneadapt-sim")
            return list(reader)
    except OSError as error:
        raise Problem(INPUT, f"{path}: cannot be read ({error.strerror}); "
                      "name a folder that oneadapt-sim wrote with --out") from error
    except UnicodeDecodeError as error:
        raise Problem(INPUT, f"{path}: is not UTF-8 text; run oneadapt-sim again") from error


def number(row, column):
    """A figure, or None where it is empty."""
    text = row[column]
    if not text:
        return None
    try:
        return float(text)
    except ValueError as error:
        raise Problem(INPUT, f"column '{column}': '{text}' is not a number; "
                      "run oneadapt-sim again") from error


def distinct(rows, column):
    return list(dict.fromkeys(row[column] for row in rows))


def styles(schemes):
    """A colour, marker and line for each scheme, the same in every figure."""
    out = {}
    for i, scheme in enumerate(s for s in schemes if s != STATIC):
        out[scheme] = dict(color=COLOURS[i % len(COLOURS)], marker=MARKERS[i % len(MARKERS)],
                           linestyle=LINES[(i // len(MARKERS)) % len(LINES)])
    return out


def panels(count, width, height):
    """A grid of axes for `count` panels; those beyond are removed."""
    columns = 2 if count == 4 else min(count, COLUMNS)
    rows = math.ceil(count / columns)
    figure, axes = plt.subplots(rows, columns, squeeze=False,
                                figsize=(width * columns, height * rows + 0.8))
    flat = list(axes.flat)
    for spare in flat[count:]:
        spare.remove()
    return figure, flat[:count]


def save(figure, folder, name):
    path = folder / name
    try:
        figure.savefig(path, dpi=150)
    except OSError as error:
        raise Problem(OUTPUT, f"{path}: cannot be written ({error.strerror}); "
                      "choose another --out") from error
    plt.close(figure)
    print(path)


def legend_below(figure, axes):
    """One legend for all panels, in the strip that is kept free below them."""
    entries = {}
    for axis in axes:
        for handle, label in zip(*axis.get_legend_handles_labels(), strict=True):
            entries.setdefault(label, handle)
    height = figure.get_size_inches()[1]
    width = figure.get_size_inches()[0]
    columns = max(1, min(len(entries), 5, int(width / ENTRY)))
    strip = 0.25 * math.ceil(len(entries) / max(columns, 1)) + 0.15
    figure.tight_layout(rect=(0, strip / height, 1, 1))
    figure.legend(entries.values(), entries.keys(), loc="lower center", ncol=columns,
                  frameon=False)


def drawn_lines(folder):
    """How a run draws its frontiers, as its manifest says."""
    path = folder / "manifest.json"
    try:
        return lines_of(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, KeyError) as error:
        raise Problem(INPUT, f"{path}: is no manifest of this version ({error}); "
                      "name a folder that oneadapt-sim wrote with --out") from error


def shown_part(rows):
    """The rows of the steady part, or of the whole where no clip is longer than its start."""
    after_start = [row for row in rows if row["part"] == "steady"]
    return after_start or rows


def band(axis, rows, color):
    """The 95 % intervals of a scheme's points, in both directions."""
    for row in rows:
        ends = [number(row, f"{figure}_ci_{side}")
                for figure in ("kbps", "accuracy") for side in ("lo", "hi")]
        if None in ends:
            continue
        left, right, low, high = ends
        axis.fill_between([left, right], low, high, color=color, alpha=0.12, linewidth=0,
                          zorder=1)


def draw_frontier(folder, out):
    """Accuracy over bandwidth: a point per weight, a line through those that savings are between
    (docs/meaning.md)."""
    lines = drawn_lines(folder)
    rows = shown_part([r for r in read_rows(folder, "summary.csv",
                                            ["clip", "part", "scheme", "kbps", "accuracy",
                                             "kbps_ci_lo", "kbps_ci_hi", "accuracy_ci_lo",
                                             "accuracy_ci_hi"])
                       if number(r, "kbps")])
    if not rows:
        raise Problem(INPUT, f"{folder / 'summary.csv'}: has no figures to draw; see the status "
                      "column of segments.csv")
    style = styles(distinct(rows, "scheme"))
    clips = distinct(rows, "clip")
    figure, axes = panels(len(clips), 4.2, 3.4)
    for axis, clip in zip(axes, clips, strict=True):
        points = collections.defaultdict(list)
        for row in rows:
            if row["clip"] == clip:
                points[row["scheme"]].append((number(row, "kbps"), number(row, "accuracy")))
        if STATIC in points:
            axis.scatter(*zip(*points[STATIC], strict=True), s=16, color="0.65", linewidths=0,
                         label="static configurations", zorder=1)
            axis.plot(*zip(*unbeaten(points.pop(STATIC), lines), strict=True), color="0.65",
                      linewidth=1, zorder=1)
        for scheme, all_points in points.items():
            line = style[scheme]
            best = unbeaten(all_points, lines)
            axis.plot(*zip(*best, strict=True), markersize=5, linewidth=1.5, label=scheme,
                      zorder=3, **line)
            band(axis, [r for r in rows if r["clip"] == clip and r["scheme"] == scheme
                        and (number(r, "kbps"), number(r, "accuracy")) in best], line["color"])
            axis.scatter(*zip(*all_points, strict=True), s=14, facecolors="none",
                         edgecolors=line["color"], marker=line["marker"], linewidths=0.7, alpha=0.7,
                         zorder=2)
        axis.set_xscale("log")
        axis.xaxis.set_major_locator(ticker.LogLocator(subs=(1, 2, 5)))
        axis.xaxis.set_major_formatter(ticker.FormatStrFormatter("%g"))
        axis.xaxis.set_minor_formatter(ticker.NullFormatter())
        axis.set_title("all clips" if clip == "all" else clip)
        axis.set_xlabel("bandwidth (kbit/s)")
        axis.set_ylabel("accuracy")
        axis.grid(True, which="both", color="0.92", linewidth=0.6)
        axis.set_axisbelow(True)
    part = "after the start" if rows[0]["part"] == "steady" else "from the first segment on"
    figure.suptitle(f"means {part}, with 95 % intervals")
    legend_below(figure, axes)
    save(figure, out, "frontier.png")


def region_mean(value):
    """34.0 of '42:30x2', a value for each of three regions; 30.0 of '30'."""
    runs = [run.partition("x") for run in value.split(":")]
    counts = [int(count or 1) for _, _, count in runs]
    return sum(float(each) * count
               for (each, _, _), count in zip(runs, counts, strict=True)) / sum(counts)


def knob_values(configuration):
    """{'model': 0, 'qp': 30.0} of 'model=n,qp=30'; of values for regions their mean."""
    pairs = (item.partition("=") for item in configuration.split(",") if item)
    try:
        return {knob: NAMES[knob].index(value) if knob in NAMES else region_mean(value)
                for knob, _, value in pairs}
    except ValueError as error:
        raise Problem(INPUT, f"configuration '{configuration}': is not knob=value,...; "
                      "run oneadapt-sim again") from error


def chosen_weight(rows, wanted):
    """The weight to draw: the wanted one, or the middle of those that were run."""
    weights = sorted({number(r, "weight") for r in rows})
    if wanted is None:
        return weights[len(weights) // 2]
    if wanted not in weights:
        raise Problem(USAGE, f"--weight {wanted:g}: was not run; choose one of "
                      + ", ".join(f"{w:g}" for w in weights))
    return wanted


def draw_choices(folder, out, wanted_weight, schemes):
    """What was chosen for each segment, and what accuracy came of it."""
    every = read_rows(folder, "segments.csv", ["clip", "scheme", "weight", "segment",
                                               "configuration", "accuracy", "status"])
    style = styles(distinct(every, "scheme"))
    played = [r for r in every if r["scheme"] in schemes and r["weight"]]
    rows = [r for r in played if r["status"] == "ok"]
    if wanted_weight is not None and not played:
        raise Problem(USAGE, f"--weight {wanted_weight:g}: none of {', '.join(schemes)} ran; "
                      "choose --schemes among " + ", ".join(distinct(every, "scheme")))
    if not rows:
        return
    weight = chosen_weight(rows, wanted_weight)
    rows = [r for r in rows if number(r, "weight") == weight]
    clips = distinct(rows, "clip")
    knobs = list(dict.fromkeys(k for r in rows for k in knob_values(r["configuration"])))
    figure, axes = plt.subplots(len(knobs) + 1, len(clips), squeeze=False, sharex="col",
                                sharey="row",
                                figsize=(max(4.6 * len(clips), 6), 2.1 * (len(knobs) + 1) + 1))
    for column, clip in enumerate(clips):
        for layer, scheme in enumerate(schemes):
            mine = sorted((r for r in rows if r["clip"] == clip and r["scheme"] == scheme),
                          key=lambda r: int(r["segment"]))
            if mine:
                draw_course(axes[:, column], mine, knobs, scheme, style[scheme], layer)
        axes[0, column].set_title(clip)
        axes[-1, column].set_xlabel("segment")
        axes[-1, column].xaxis.get_major_locator().set_params(integer=True)
    for row, label in enumerate([*knobs, "accuracy"]):
        axes[row, 0].set_ylabel(label)
        if label in NAMES:
            axes[row, 0].set_yticks(range(len(NAMES[label])), NAMES[label])
    for axis in axes.flat:
        axis.grid(True, color="0.92", linewidth=0.6)
    figure.suptitle(f"choices at weight {weight:g}")
    legend_below(figure, list(axes.flat))
    save(figure, out, "choices.png")


def draw_course(axes, rows, knobs, scheme, style, layer):
    """One scheme on one clip: a step line per knob and the accuracy below."""
    segments = [int(r["segment"]) for r in rows]
    values = [knob_values(r["configuration"]) for r in rows]
    # Later lines are thinner, so that those who choose alike stay visible side by side.
    line = dict(color=style["color"], linewidth=max(4.5 - 1.6 * layer, 1), label=scheme)
    for axis, knob in zip(axes[:-1], knobs, strict=True):
        axis.plot(segments, [v.get(knob, math.nan) for v in values], drawstyle="steps-mid", **line)
    axes[-1].plot(segments, [number(r, "accuracy") for r in rows], **line)


def draw_agreement(folder, out):
    """AccGrad's estimate against the change that was measured, a panel per knob."""
    if not (folder / "accgrad.csv").exists():
        return
    rows = read_rows(folder, "accgrad.csv", ["scheme", "knob", "estimate", "measured"])
    figures = read_rows(folder, "agreement.csv", ["scheme", "knob", "averaged_over", "spearman"])
    spearman = {(r["scheme"], r["knob"]): number(r, "spearman")
                for r in figures if r["averaged_over"] == "1"}
    style = styles(distinct(rows, "scheme"))
    knobs = distinct(rows, "knob")
    figure, axes = panels(len(knobs), 4.6, 3.8)
    for axis, knob in zip(axes, knobs, strict=True):
        here = [r for r in rows if r["knob"] == knob]
        for scheme in distinct(here, "scheme"):
            points = [(number(r, "estimate"), number(r, "measured"))
                      for r in here if r["scheme"] == scheme]
            rank = spearman.get((scheme, knob))
            label = scheme if rank is None else f"{scheme} (Spearman {rank:.2f})"
            axis.scatter(*zip(*points, strict=True), s=14, alpha=0.5, linewidths=0, label=label,
                         color=style[scheme]["color"], marker=style[scheme]["marker"])
        scale_estimates(axis, [abs(number(r, "estimate")) for r in here])
        axis.axhline(0, color="0.6", linewidth=0.8)
        axis.set_title(knob)
        axis.set_xlabel("AccGrad estimate (loss of utility)")
        axis.set_ylabel("measured loss of accuracy")
        axis.legend(fontsize=8, loc="lower right")
    figure.suptitle("one step to the next cheaper value, segment by segment")
    figure.tight_layout()
    save(figure, out, "agreement.png")


def scale_estimates(axis, sizes):
    """Estimates span decades and may be 0 or negative: logarithmic but for the smallest tenth."""
    sizes = sorted(s for s in sizes if s > 0)
    if sizes:
        threshold = 10.0 ** math.ceil(math.log10(sizes[len(sizes) // 10]))
        axis.set_xscale("symlog", linthresh=threshold)
        axis.xaxis.set_major_locator(ticker.SymmetricalLogLocator(base=10, linthresh=threshold))


def arguments():
    parser = argparse.ArgumentParser(
        description="Draws frontier.png, choices.png and, where a gradient scheme ran, "
        "agreement.png from a results folder of oneadapt-sim.",
        epilog="example: /usr/bin/python3 tools/figures.py results/runs/demo --weight 0.5")
    parser.add_argument("folder", type=pathlib.Path, help="results folder (oneadapt-sim --out)")
    parser.add_argument("--out", type=pathlib.Path, help="where to draw (default: that folder)")
    parser.add_argument("--weight", type=float,
                        help="weight for choices.png (default: the middle of those run)")
    parser.add_argument("--schemes", default=",".join(CHOOSERS),
                        help="schemes in choices.png (default: %(default)s)")
    return parser.parse_args()


def main():
    options = arguments()
    out = options.out or options.folder
    try:
        if not options.folder.is_dir():
            raise Problem(INPUT, f"{options.folder}: is not a folder; "
                          "name one that oneadapt-sim wrote with --out")
        if not out.is_dir():
            raise Problem(OUTPUT, f"{out}: is not a folder; make it first")
        draw_frontier(options.folder, out)
        if (options.folder / "segments.csv").exists():
            draw_choices(options.folder, out, options.weight, options.schemes.split(","))
        else:
            print(f"figures.py: {options.folder} is kept without segments: no choices.png",
                  file=sys.stderr)
        draw_agreement(options.folder, out)
    except Problem as problem:
        print(f"figures.py: {problem}", file=sys.stderr)
        return problem.code
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(OUTPUT)
