#!/usr/bin/python3
"""How ALERT's estimate of the slowdown follows recorded series, by its constants.

    tools/slowdown_figure.py datasets/environments/memory.csv [...] --out results/alert

For each series `seconds,slowdown` (tools/contend.py) each row is an input. NAME-slowdown.png shows
what was measured, what was expected before it and two standard deviations around that;
sensitivity.csv has, for each least process noise q0 and measurement noise r, the share of inputs
inside that band, its mean half width and the mean error of the expectation.
"""

import argparse
import csv
import math
import pathlib

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt

PUBLISHED = (0.1, 0.001)
Q0 = [0.1, 0.03, 0.01, 0.003, 0.001, 0.0003, 0.0001]
R = [0.001, 0.01, 0.1]


def read(file):
    with open(file, newline="") as opened:
        rows = list(csv.DictReader(opened))
    return [(float(row["seconds"]), float(row["slowdown"])) for row in rows[:-1]]


def expectations(series, q0, r, alpha=0.3, gain=0.5, variance=0.1):
    """Mean and standard deviation before each input (src/schemes/alert_model.cpp)."""
    mean, noise, innovation = 1.0, q0, 0.0
    for _, measured in series:
        yield mean, math.sqrt(variance)
        noise = max(q0, alpha * noise + (1 - alpha) * (gain * innovation) ** 2)
        predicted = (1 - gain) * variance + noise
        innovation = measured - mean
        gain = predicted / (predicted + r)
        mean += gain * innovation
        variance = predicted


def figures(series, q0, r):
    """Share inside two standard deviations, mean half width of the band, mean absolute error."""
    inside, width, error = 0, 0.0, 0.0
    for (_, measured), (mean, deviation) in zip(series, expectations(series, q0, r), strict=True):
        inside += abs(measured - mean) <= 2 * deviation
        width += 2 * deviation
        error += abs(measured - mean)
    return inside / len(series), width / len(series), error / len(series)


def draw(series, name, constants, out):
    times = [seconds for seconds, _ in series]
    figure, axes = plt.subplots(figsize=(9, 3.5), layout="constrained")
    expected = list(expectations(series, *constants))
    low = [mean - 2 * deviation for mean, deviation in expected]
    high = [mean + 2 * deviation for mean, deviation in expected]
    axes.fill_between(times, low, high, alpha=0.25, label="two standard deviations")
    axes.plot(times, [mean for mean, _ in expected], linewidth=0.8, label="expected before")
    axes.plot(times, [measured for _, measured in series], ".", markersize=2, label="measured")
    share = figures(series, *constants)[0]
    axes.set_title(f"{name}: {share:.1%} of the inputs inside the band (q0 {constants[0]:g})")
    axes.set_xlabel("seconds")
    axes.set_ylabel("times slower")
    axes.set_ylim(0, None)
    axes.legend(loc="upper right", fontsize=8)
    figure.savefig(out, dpi=110)
    plt.close(figure)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("series", nargs="+", type=pathlib.Path)
    parser.add_argument("--out", type=pathlib.Path, required=True)
    parser.add_argument("--q0", type=float, default=PUBLISHED[0], help="that is drawn")
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)
    with open(arguments.out / "sensitivity.csv", "w", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(["series", "inputs", "q0", "r", "inside", "half_width", "error"])
        for path in arguments.series:
            series = read(path)
            for q0 in Q0:
                for r in R:
                    row = [f"{value:.4f}" for value in figures(series, q0, r)]
                    out.writerow([path.stem, len(series), q0, r, *row])
            draw(series, path.stem, (arguments.q0, PUBLISHED[1]),
                 arguments.out / f"{path.stem}-slowdown.png")


if __name__ == "__main__":
    main()
