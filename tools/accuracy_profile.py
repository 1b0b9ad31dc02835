#!/usr/bin/python3
"""Writes the mean accuracy of each DNN of results folders, as `--accuracies` reads it.

The folders are of runs with `--knob model --scheme static` on recordings other than those that are
judged with the file: what schemes know of accuracy beforehand is an offline profile. Over several
folders each segment weighs the same.

    tools/accuracy_profile.py results/runs/profile-detect [...] > mine.csv
"""

import argparse
import csv
import json
import pathlib
import sys


def rows(folder: pathlib.Path):
    """Yields DNN, way to score, mean accuracy and segments over all clips of a results folder."""
    manifest = json.loads((folder / "manifest.json").read_text())
    models = manifest["model"]
    with open(folder / "summary.csv", newline="") as file:
        for row in csv.DictReader(file):
            if (row["clip"], row["part"], row["scheme"]) != ("all", "whole", "static"):
                continue
            values = dict(item.split("=") for item in row["configuration"].split(","))
            if set(values) != {"model"} or not row["accuracy"]:
                sys.exit(f"{folder}: '{row['configuration']}' is not of --knob model, or failed")
            name = values["model"]
            family = pathlib.Path(models[name]["file"]).stem
            # An exit's name in a run is NAME@K, or NAME alone for the whole network.
            exit_of = name.partition("@")[2]
            dnn = f"{family}@{exit_of}" if exit_of else family
            yield dnn, manifest["score"], float(row["accuracy"]), int(row["segments"])


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folders", nargs="+", type=pathlib.Path, metavar="FOLDER")
    sums = {}
    for folder in parser.parse_args().folders:
        for dnn, score, accuracy, segments in rows(folder):
            total, count = sums.get((dnn, score), (0.0, 0))
            sums[dnn, score] = total + accuracy * segments, count + segments
    out = csv.writer(sys.stdout, lineterminator="\n")
    out.writerow(["dnn", "score", "accuracy"])
    out.writerows((*key, total / count) for key, (total, count) in sorted(sums.items()))


if __name__ == "__main__":
    main()
