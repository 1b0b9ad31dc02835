#!/usr/bin/python3
"""Draws a figure of a paper from the tables of a sweep: NAME.pdf, NAME.png, NAME.csv with the
numbers that it shows, and NAME.json with what they come from. Nothing but the sweep's CSVs and
manifests is read.

Needs Debian's python3-matplotlib, so run it with Debian's interpreter:
    build/release/oneadapt-sim sweep experiments/blocks.json --out results/runs/figures/blocks
    /usr/bin/python3 tools/paper_figures.py blocks results/runs/figures/blocks --out results/figures
"""

import argparse
import pathlib
import statistics
import sys

from matplotlib import pyplot as plt
from matplotlib import ticker

import figures
from figures import (
    USAGE,
    Problem,
    distinct,
    drawn_lines,
    number,
    styles,
)
from paper_alert import alert, joined
from paper_delay import staleness
from paper_style import (
    COLUMN,
    STYLE,
    Sweep,
    chosen,
    grid_of,
    legend_below,
    write,
    write_numbers,
    write_provenance,
)
from saving_between import unbeaten

OURS = ["oneadapt", "oneadapt-bounded"]
MIDDLE_WEIGHT = "1.41"  # of a default run
YARDSTICKS = ["oracle", "oracle-static", "free-profiler"]


# ---- accuracy over what it costs

SAVED = ["saving", "saving_ci_lo", "saving_ci_hi", "status", "resource"]


def frontiers(cost, label):
    """A panel for each cell: accuracy over `cost`, a line through a scheme's best points."""
    columns = ["scheme", "weight", "configuration", cost, "accuracy", "accuracy_ci_lo",
               "accuracy_ci_hi", "kbps_ci_lo", "kbps_ci_hi"]

    def draw(sweep, out, name):
        rows = sweep.table("summary.csv", columns)
        style = styles(distinct(rows, "scheme"))
        figure, axes = grid_of(len(sweep.cells), 1.75)
        for axis, cell in zip(axes, sweep.cells, strict=True):
            here = [r for r in rows if r["cell"] == cell["cell"]]
            lines = drawn_lines(sweep.folder / cell["folder"])
            draw_frontier(axis, here, cost, style, lines)
            axis.set_title(sweep.label(cell))
            axis.set_xlabel(label)
        for axis in axes[::2]:
            axis.set_ylabel("accuracy")
        legend_below(figure, axes)
        write(out, name, figure, [{"panel": sweep.label(r), **chosen(r, columns)} for r in rows])
        resource = "gflop" if cost == "gflop" else "kbps"
        savings = [r for r in sweep.table("savings.csv", ["scheme", "baseline", *SAVED])
                   if r["scheme"] in OURS and r["resource"] == resource]
        write_numbers(out / f"{name}-savings.csv",
                      [{"panel": sweep.label(r), **chosen(r, ["scheme", "baseline", *SAVED])}
                       for r in savings])

    return draw


def draw_frontier(axis, rows, cost, style, lines):
    for scheme in distinct(rows, "scheme"):
        points = [(number(r, cost), number(r, "accuracy")) for r in rows
                  if r["scheme"] == scheme and number(r, cost)]
        if scheme == figures.STATIC:
            axis.scatter(*zip(*points, strict=True), s=6, color="0.65", linewidths=0,
                         label="static", zorder=1)
        elif points:
            faint = dict(alpha=0.55) if scheme in YARDSTICKS else {}
            axis.plot(*zip(*unbeaten(points, lines), strict=True), label=scheme, **style[scheme],
                      **faint)
    low, high = axis.get_xlim()
    if high < 2 * low:  # too little for the ticks of a logarithm
        axis.xaxis.set_major_locator(ticker.MaxNLocator(4))
        return
    axis.set_xscale("log")
    axis.xaxis.set_major_locator(ticker.LogLocator(subs=(1, 2, 5), numticks=5))
    axis.xaxis.set_major_formatter(ticker.FormatStrFormatter("%g"))
    axis.xaxis.set_minor_formatter(ticker.NullFormatter())


# ---- what it takes to adapt

WORK = ["camera_encodes", "server_encodes", "forward_frames", "backward_frames"]


def overhead(sweep, out, name):
    """Frames encoded by the camera and frames analysed by the server, per segment."""
    columns = ["scheme", "weight", *WORK]
    rows = [r for r in sweep.table("summary.csv", [*columns, "configuration"])
            if r["scheme"] not in YARDSTICKS]
    rows = middle_rows(rows, lambda r: (r["cell"], r["scheme"]))
    figure, axes = plt.subplots(len(sweep.cells), 2, squeeze=False, sharey="row",
                                figsize=(COLUMN, 1.15 * len(sweep.cells) + 0.4))
    for line, cell in zip(axes, sweep.cells, strict=True):
        here = [r for r in rows if r["cell"] == cell["cell"]]
        names = [r["scheme"] for r in here]
        line[0].barh(names, [number(r, "camera_encodes") for r in here], color="#0072B2")
        forward = [number(r, "forward_frames") for r in here]
        line[1].barh(names, forward, color="#009E73", label="forward")
        line[1].barh(names, [number(r, "backward_frames") for r in here], left=forward,
                     color="#D55E00", label="backward")
        line[0].set_title(sweep.label(cell), loc="left")
        line[0].invert_yaxis()
    axes[-1][0].set_xlabel("frames of a segment\nencoded on the camera")
    axes[-1][1].set_xlabel("frames of a segment\nanalysed on the server")
    legend_below(figure, list(axes.flat))
    write(out, name, figure, [{"panel": sweep.label(r), **chosen(r, columns)} for r in rows])


def middle_rows(rows, key):
    """Of the rows of each key (a row for each quality, where there is no weight) the middle one."""
    groups = {}
    for row in rows:
        groups.setdefault(key(row), []).append(row)
    return [group[len(group) // 2] for group in groups.values()]


def knob_count(sweep, out, name):
    """The same over the number of knobs."""
    columns = ["scheme", "weight", *WORK]
    rows = [{"knobs": len(r["knobs"].split()), **chosen(r, columns)}
            for r in sweep.table("summary.csv", [*columns, "knobs"])]
    style = styles(distinct(rows, "scheme"))
    figure, axes = plt.subplots(1, 2, figsize=(COLUMN, 1.9))
    for scheme in distinct(rows, "scheme"):
        here = [r for r in rows if r["scheme"] == scheme]
        counts = [r["knobs"] for r in here]
        axes[0].plot(counts, [number(r, "camera_encodes") for r in here], label=scheme,
                     **style[scheme])
        axes[1].plot(counts, [number(r, "forward_frames") + number(r, "backward_frames")
                              for r in here], **style[scheme])
    for axis, label in zip(axes, ["encoded on the camera", "analysed on the server"],
                           strict=True):
        axis.set_xlabel("knobs")
        axis.set_ylabel(f"frames of a segment\n{label}")
        axis.xaxis.get_major_locator().set_params(integer=True)
        axis.set_ylim(bottom=0)
    legend_below(figure, list(axes))
    write(out, name, figure, rows)


# ---- savings over a parameter

def against_static(sweep, cell=None):
    return [r for r in sweep.table("savings.csv", ["scheme", "baseline", *SAVED])
            if r["baseline"] == figures.STATIC and r["scheme"] in OURS and r["resource"] == "kbps"
            and r["saving"] and (cell is None or r["cell"] == cell["cell"])]


def error_bars(rows, value):
    """Lengths below and above a row's saving."""
    low = [max(0, number(r, value) - (number(r, "saving_ci_lo") or number(r, value))) for r in rows]
    high = [max(0, (number(r, "saving_ci_hi") or number(r, value)) - number(r, value))
            for r in rows]
    return [[100 * v for v in low], [100 * v for v in high]]


def blocks(sweep, out, name):
    """Saving against the best static value, over the blocks that are tuned on their own."""
    rows = [{"blocks": r["settings.oneadapt.blocks"], **chosen(r, ["scheme", "baseline", *SAVED]),
             "factor": f"{1 / (1 - number(r, 'saving')):.4f}"} for r in against_static(sweep)]
    style = styles(distinct(rows, "scheme"))
    figure, axis = plt.subplots(figsize=(COLUMN, 2.1))
    for scheme in distinct(rows, "scheme"):
        here = [r for r in rows if r["scheme"] == scheme]
        axis.errorbar([int(r["blocks"]) for r in here], [100 * number(r, "saving") for r in here],
                      yerr=error_bars(here, "saving"), capsize=2, label=scheme, **style[scheme])
    axis.set_xscale("log", base=4)
    axis.set_xticks([1, 4, 16, 64], ["1", "4", "16", "64"])
    axis.axhline(0, color="0.6", linewidth=0.6)
    axis.set_xlabel("blocks of a frame")
    axis.set_ylabel("bandwidth saved\nagainst static (%)")
    legend_below(figure, [axis])
    write(out, name, figure, rows)


def sensitivity(sweep, out, name):
    """Saving against the best static value, and delay, with one parameter at a time moved."""
    delays = delays_at(sweep, MIDDLE_WEIGHT)
    rows = [{"changed": sweep.label(r), **chosen(r, ["scheme", "baseline", *SAVED]),
             "delay_s": delays[r["cell"], r["scheme"]]}
            for cell in sweep.cells for r in against_static(sweep, cell)]
    style = styles(distinct(rows, "scheme"))
    labels = distinct(rows, "changed")
    figure, axes = plt.subplots(1, 2, figsize=(COLUMN, 0.22 * len(labels) + 0.9), sharey=True,
                                width_ratios=[2, 1])
    for scheme in distinct(rows, "scheme"):
        here = [r for r in rows if r["scheme"] == scheme]
        places = [labels.index(r["changed"]) for r in here]
        points = {**style[scheme], "linestyle": "none"}
        axes[0].errorbar([100 * number(r, "saving") for r in here], places,
                         xerr=error_bars(here, "saving"), capsize=2, label=scheme, **points)
        axes[1].plot([number(r, "delay_s") for r in here], places, **points)
    axes[0].set_yticks(range(len(labels)), labels)
    axes[0].invert_yaxis()
    axes[0].axvline(0, color="0.6", linewidth=0.6)
    axes[0].set_xlabel("bandwidth saved\nagainst static (%)")
    axes[1].set_xlabel(f"delay (s)\nat weight {MIDDLE_WEIGHT}")
    legend_below(figure, list(axes))
    write(out, name, figure, rows)


def delays_at(sweep, weight):
    return {(r["cell"], r["scheme"]): r["delay_s"]
            for r in sweep.table("summary.csv", ["scheme", "weight", "delay_s"])
            if r["weight"] == weight}


# ---- what the gradient knows

def accgrad(sweep, out, name):
    """What a gradient says of a step to a cheaper value, and what that does to the utility that it
    is of, both beside the measured change of accuracy."""
    sides = [("estimate", "estimate (loss of utility)"), ("utility_change", "loss of utility")]
    rows = sweep.of_cells("accgrad.csv", ["scheme", "measured", *(column for column, _ in sides)])
    style = styles(distinct(rows, "scheme"))
    figure, axes = grid_of(len(sides) * len(sweep.cells), 1.9)
    numbers = []
    for place, cell in enumerate(sweep.cells):
        here = [r for r in rows if r["cell"] == cell["cell"]]
        agreements = [draw_pairs(axis, here, column, style)
                      for axis, (column, _) in zip(axes[2 * place:], sides, strict=False)]
        for axis, (_, label) in zip(axes[2 * place:], sides, strict=False):
            axis.set_xlabel(label)
        figures.scale_estimates(axes[2 * place], [abs(number(r, "estimate")) for r in here])
        axes[2 * place].set_title(sweep.label(cell))
        axes[2 * place].set_ylabel("measured loss of accuracy")
        numbers += [{"panel": sweep.label(cell), "scheme": scheme,
                     **{key: value for of in agreements for key, value in of[scheme].items()}}
                    for scheme in distinct(here, "scheme")]
    legend_below(figure, axes)
    write(out, name, figure, numbers)


def draw_pairs(axis, rows, column, style):
    """A column beside the measured change of accuracy; how they agree, by scheme."""
    agreements = {}
    for scheme in distinct(rows, "scheme"):
        pairs = [(number(r, column), number(r, "measured")) for r in rows
                 if r["scheme"] == scheme]
        axis.scatter(*zip(*pairs, strict=True), s=3, alpha=0.35, linewidths=0, label=scheme,
                     color=style[scheme]["color"])
        agreements[scheme] = {
            "pairs": len(pairs),
            f"{column}_pearson": f"{statistics.correlation(*zip(*pairs, strict=True)):.4f}",
            f"{column}_spearman": f"{rank_correlation(pairs):.4f}"}
    return agreements


def rank_correlation(pairs):
    """Spearman's, equals having their mean rank."""
    def ranks(values):
        order = sorted(values)
        first = {v: order.index(v) for v in set(values)}
        count = {v: order.count(v) for v in set(values)}
        return [first[v] + (count[v] - 1) / 2 for v in values]

    return statistics.correlation(*(ranks(side) for side in zip(*pairs, strict=True)))


def surface(sweep, out, name):
    """Accuracy and bandwidth of every static configuration of two knobs."""
    rows = sweep.table("summary.csv", ["scheme", "configuration", "accuracy", "kbps"])
    points = [{**figures.knob_values(r["configuration"]), "accuracy": number(r, "accuracy"),
               "kbps": number(r, "kbps")} for r in rows]
    across, down = list(points[0])[:2]
    xs = sorted({p[across] for p in points})
    ys = sorted({p[down] for p in points})
    figure, axes = plt.subplots(1, 2, figsize=(COLUMN, 1.75), sharey=True)
    for axis, what, map_name in zip(axes, ["accuracy", "kbps"], ["viridis", "cividis"],
                                    strict=True):
        table = [[next(p[what] for p in points if p[across] == x and p[down] == y) for x in xs]
                 for y in ys]
        image = axis.imshow(table, origin="lower", aspect="auto", cmap=map_name)
        axis.set_xticks(range(len(xs)), [f"{x:g}" for x in xs])
        axis.set_yticks(range(len(ys)), [f"{y:g}" for y in ys])
        axis.grid(False)
        axis.set_title({"kbps": "bandwidth (kbit/s)"}.get(what, what))
        axis.set_xlabel(across)
        figure.colorbar(image, ax=axis)
    axes[0].set_ylabel(down)
    figure.tight_layout()
    write(out, name, figure, points)


def adaptation(sweep, out, name):
    """What is chosen, sent and understood, segment by segment, of the clip that moves most."""
    needed = ["clip", "scheme", "segment", "configuration", "kbps", "accuracy", "status"]
    rows = [r for r in sweep.of_cells("segments.csv", needed) if r["status"] == "ok"]
    oracle = [r for r in rows if r["scheme"] == "oracle"]
    clip = max(distinct(oracle, "clip"), key=lambda c: statistics.pstdev(
        number(r, "kbps") for r in oracle if r["clip"] == c))
    rows = [r for r in rows if r["clip"] == clip]
    style = styles(distinct(rows, "scheme"))
    knob = next(iter(figures.knob_values(rows[0]["configuration"])))
    figure, axes = plt.subplots(3, 1, figsize=(COLUMN, 3.4), sharex=True)
    for scheme in distinct(rows, "scheme"):
        here = [r for r in rows if r["scheme"] == scheme]
        segments = [int(r["segment"]) for r in here]
        courses = [[figures.knob_values(r["configuration"])[knob] for r in here],
                   [number(r, "kbps") for r in here], [number(r, "accuracy") for r in here]]
        for axis, course in zip(axes, courses, strict=True):
            axis.plot(segments, course, drawstyle="steps-mid", label=scheme,
                      color=style[scheme]["color"])
    for axis, label in zip(axes, [knob, "kbit/s", "accuracy"], strict=True):
        axis.set_ylabel(label)
    event = event_of([number(r, "kbps") for r in oracle if r["clip"] == clip])
    for axis in axes:
        axis.axvline(event - 0.5, color="0.4", linewidth=0.8, linestyle="--")
    axes[0].set_title(f"clip {clip}, weight {sweep_weight(sweep)} (dashed: the event)")
    axes[-1].set_xlabel("segment")
    legend_below(figure, list(axes))
    write(out, name, figure, [chosen(r, needed[:-1]) for r in rows])


def event_of(course, around=5):
    """The place at which the mean over the next values differs most from that over the last."""
    return max(range(around, len(course) - around + 1), key=lambda i: abs(
        statistics.fmean(course[i:i + around]) - statistics.fmean(course[i - around:i])))


def sweep_weight(sweep):
    return next(r["weight"] for r in sweep.table("summary.csv", ["weight"]) if r["weight"])


BANDWIDTH = frontiers("kbps", "bandwidth (kbit/s)")
FIGURES = {
    "encoding": BANDWIDTH,
    "encoding-knobs": BANDWIDTH,
    "super-resolution": BANDWIDTH,
    "filter": frontiers("gflop", "GFLOP a segment"),
    "macroblock": BANDWIDTH,
    "macroblock-depth": BANDWIDTH,
    "lidar": BANDWIDTH,
    "sound": BANDWIDTH,
    "overhead": overhead,
    "blocks": blocks,
    "accgrad": accgrad,
    "surface": surface,
    "adaptation": adaptation,
    "knob-count": knob_count,
    "sensitivity": sensitivity,
    "alert": alert,
    "joined": joined,
    "staleness": staleness,
}


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n\n")[0])
    parser.add_argument("name", help="one of " + ", ".join(FIGURES))
    parser.add_argument("sweep", type=pathlib.Path, help="folder of `oneadapt-sim sweep`")
    parser.add_argument("--out", type=pathlib.Path, default=pathlib.Path("results/figures"))
    options = parser.parse_args()
    try:
        if options.name not in FIGURES:
            raise Problem(USAGE, f"figure '{options.name}': is unknown; choose from "
                          + ", ".join(FIGURES))
        sweep = Sweep(options.sweep)
        with plt.rc_context(STYLE):
            FIGURES[options.name](sweep, options.out, options.name)
        write_provenance(options.out / f"{options.name}.json", sweep)
    except Problem as problem:
        print(f"paper_figures.py: {problem}", file=sys.stderr)
        return problem.code
    return 0


if __name__ == "__main__":
    sys.exit(main())
