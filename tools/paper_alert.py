"""The figures of ALERT: its settings, each over the best static choice of it; and together with
OneAdapt, what the two reach knowing of each other, unaware of each other, and each alone."""

import statistics

from matplotlib import pyplot as plt
from matplotlib import ticker

from figures import distinct, number
from paper_style import COLUMN, grid_of, legend_below, write

RATIOS = {"min-energy": ("energy_ratio", "energy"), "max-accuracy": ("error_ratio", "error")}


def alert(sweep, out, name):
    """Each setting's energy, or error, over that of the best static choice; and of each scheme the
    harmonic mean over the settings that it keeps. Over whole clips, their start included."""
    columns = ["part", "scheme", "violated", "late", "energy_ratio", "error_ratio"]
    rows = [r for r in sweep.of_cells("settings.csv", columns)
            if r["part"] == "whole" and r["scheme"] != "alert-static"]
    goals = {cell["cell"]: cell["goal"] for cell in sweep.cells}
    environments = {cell["cell"]: cell["environment"] for cell in sweep.cells}
    schemes = distinct(rows, "scheme")
    figure, axes = plt.subplots(2, 1, figsize=(COLUMN, 3.6), sharex=True)
    numbers = []
    for axis, (goal, (column, label)) in zip(axes, RATIOS.items(), strict=True):
        here = [r for r in rows if goals[r["cell"]] == goal]
        for place, scheme in enumerate(schemes):
            draw_settings(axis, [r for r in here if r["scheme"] == scheme], column, place)
        for environment in dict.fromkeys(environments.values()):
            numbers += [setting_means(goal, environment, scheme, column, [
                r for r in here if r["scheme"] == scheme
                and environments[r["cell"]] == environment]) for scheme in schemes]
        axis.axhline(1, color="0.4", linewidth=0.6)
        axis.set_yscale("log")
        axis.yaxis.set_major_locator(ticker.LogLocator(subs=(1, 2, 5)))
        axis.yaxis.set_major_formatter(ticker.FormatStrFormatter("%g"))
        axis.yaxis.set_minor_formatter(ticker.NullFormatter())
        axis.set_ylabel(f"{label} over that of\nthe best static choice")
        axis.set_title(goal)
    axes[-1].set_xticks(range(len(schemes)), schemes, rotation=25, ha="right")
    legend_below(figure, list(axes))
    write(out, name, figure, numbers)


def draw_settings(axis, rows, column, place):
    for violated, label, color in (("0", "kept", "#0072B2"), ("1", "violated", "#D55E00")):
        values = [number(r, column) for r in rows if r["violated"] == violated and r[column]]
        across = [place - 0.3 + 0.6 * i / max(1, len(values)) for i in range(len(values))]
        axis.scatter(across, values, s=4, alpha=0.6, linewidths=0, color=color, label=label)


def setting_means(goal, environment, scheme, column, rows):
    kept = [r for r in rows if r["violated"] == "0"]
    ratios = [number(r, column) for r in kept if r[column] and number(r, column) > 0]
    return {"goal": goal, "environment": environment, "scheme": scheme, "settings": len(rows),
            "violated": len(rows) - len(kept), "compared": len(ratios),
            "ratio": f"{statistics.harmonic_mean(ratios):.4f}" if ratios else "",
            "late": f"{statistics.fmean(number(r, 'late') for r in rows):.4f}"}


JOINED_SETTING = "settings.oneadapt+alert"
JOINED = {"kbps": "kbit/s", "all_energy_j": "J a segment", "error": "error",
          "late": "share of late results"}
WAYS = {"both": "both, aware", "ignore": "both, unaware", "camera": "camera alone",
        "server": "server alone"}


def joined(sweep, out, name):
    """Means over the settings of a cell, in each world of link and environment."""
    rows = [r for r in sweep.of_cells("settings.csv", ["part", "violated", *JOINED])
            if r["part"] == "whole"]
    numbers = []
    for cell in sweep.cells:
        here = [r for r in rows if r["cell"] == cell["cell"]]
        way = cell[f"{JOINED_SETTING}.coordination"] or cell[f"{JOINED_SETTING}.adapt"]
        numbers.append({"link": cell["link"], "environment": cell["environment"],
                        "adapts": WAYS[way],
                        "settings": len(here), "violated": sum(int(r["violated"]) for r in here),
                        **{column: f"{statistics.fmean(number(r, column) for r in here):.4f}"
                           for column in JOINED}})
    figure, axes = grid_of(len(JOINED), 1.7)
    worlds = distinct([{"world": world_of(r)} for r in numbers], "world")
    for axis, (column, label) in zip(axes, JOINED.items(), strict=True):
        for place, way in enumerate(WAYS.values()):
            mine = {world_of(r): number(r, column) for r in numbers if r["adapts"] == way}
            axis.bar([i + 0.2 * (place - 1.5) for i in range(len(worlds))],
                     [mine[world] for world in worlds], 0.2, label=way)
        axis.set_xticks(range(len(worlds)), worlds, rotation=25, ha="right")
        axis.set_title(label)
    legend_below(figure, axes)
    write(out, name, figure, numbers)


def world_of(row):
    return f"{row['link']} Mbit/s, {row['environment']}"
