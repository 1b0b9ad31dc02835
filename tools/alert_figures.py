#!/usr/bin/python3
"""Draws results of runs for constraints, and gathers their tables in one.

    tools/alert_figures.py results/runs/alert/detect --out results/alert/detect

takes the results folders TASK/PROFILE-ENVIRONMENT-GOAL of experiments/alert.py, and writes
`table.csv` (harmonic means over the settings that a scheme keeps, and how many it violates), and
`energy.png` and `error.png`: each setting's figure over that of the best static choice. All are
over whole clips, their start included.
"""

import argparse
import collections
import csv
import pathlib

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt

FIGURES = {"min-energy": ("energy_ratio", "energy over that of the best static choice"),
           "max-accuracy": ("error_ratio", "error over that of the best static choice")}


def harmonic_mean(values):
    return len(values) / sum(1 / value for value in values) if values else None


def settings(folder):
    with open(folder / "settings.csv", newline="") as file:
        return [row for row in csv.DictReader(file) if row["part"] == "whole"]


def by_scheme(rows):
    schemes = collections.OrderedDict()
    for row in rows:
        schemes.setdefault(row["scheme"], []).append(row)
    return schemes


def ratios(rows, column):
    """Of the settings that are kept."""
    return [float(row[column]) for row in rows
            if row["violated"] == "0" and row[column] and float(row[column]) > 0]


def table(folders):
    """A row for each folder and scheme."""
    for folder in folders:
        profile, environment, goal = split(folder.name)
        for scheme, rows in by_scheme(settings(folder)).items():
            energy, error = ratios(rows, "energy_ratio"), ratios(rows, "error_ratio")
            late = [float(row["late"]) for row in rows if row["late"]]
            yield [profile, environment, goal, scheme, len(rows),
                   sum(row["violated"] != "0" for row in rows), len(energy),
                   number(harmonic_mean(energy)), number(harmonic_mean(error)),
                   number(sum(late) / len(late) if late else None)]


def number(value):
    return "" if value is None else f"{value:.4f}"


def split(name):
    for goal in FIGURES:
        if name.endswith("-" + goal):
            profile, environment = name[: -len(goal) - 1].rsplit("-", 1)
            return profile, environment, goal
    raise SystemExit(f"{name}: is not named PROFILE-ENVIRONMENT-GOAL")


def draw(folders, goal, out):
    """The settings of each scheme side by side; crosses are violated."""
    column, label = FIGURES[goal]
    chosen = [folder for folder in folders if split(folder.name)[2] == goal]
    if not chosen:
        return
    schemes = collections.OrderedDict()
    for folder in chosen:
        for scheme, rows in by_scheme(settings(folder)).items():
            schemes.setdefault(scheme, []).extend(rows)
    figure, axes = plt.subplots(figsize=(8, 4.5), layout="constrained")
    for place, (_scheme, rows) in enumerate(schemes.items()):
        for violated, marker in (("0", "o"), ("1", "x")):
            values = [float(row[column]) for row in rows
                      if row["violated"] == violated and row[column]]
            step = 0.6 / max(1, len(values))
            axes.plot([place - 0.3 + step * i for i in range(len(values))], values, marker,
                      markersize=3, color="tab:blue" if violated == "0" else "tab:red", alpha=0.6)
    axes.axhline(1, color="grey", linewidth=0.8)
    axes.set_xticks(range(len(schemes)), schemes, rotation=20)
    axes.set_yscale("log")
    axes.set_ylabel(label)
    axes.set_title("each point a setting; red: violated")
    figure.savefig(out, dpi=110)
    plt.close(figure)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--out", type=pathlib.Path, required=True)
    arguments = parser.parse_args()
    folders = sorted(file.parent for file in arguments.folder.glob("*/settings.csv"))
    arguments.out.mkdir(parents=True, exist_ok=True)
    with open(arguments.out / "table.csv", "w", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(["profile", "environment", "goal", "scheme", "settings", "violated",
                      "compared", "energy_ratio", "error_ratio", "late"])
        out.writerows(table(folders))
    draw(folders, "min-energy", arguments.out / "energy.png")
    draw(folders, "max-accuracy", arguments.out / "error.png")


if __name__ == "__main__":
    main()
