#!/usr/bin/python3
"""Prints a markdown table of results folders: a row for each, and in it how OneAdapt's two updates
did against the baselines.

Example: /usr/bin/python3 tools/matrix_table.py results/runs/detect-qp results/runs/segment-qp
"""

import argparse
import csv
import json
import pathlib

SCHEMES = ("oneadapt", "oneadapt-bounded")
BASELINES = ("awstream", "chameleon", "static", "pixel-difference", "oracle")
COLUMNS = ("run", "task", "input", "knobs", "scheme", "GPU frames", "camera encodes",
           *(f"over {name}" for name in BASELINES),
           "Spearman (1, 5, clip)", "equal sign", "measured zero")


def read(file):
    """The rows of a CSV file as dictionaries."""
    with open(file, newline="", encoding="utf-8") as stream:
        return list(csv.DictReader(stream))


def steady(rows):
    """The rows of the steady part; all where there is none, as in results of no part."""
    after_start = [row for row in rows if row.get("part") == "steady"]
    return after_start if any(row.get("blocks", "0") != "0" for row in after_start) else rows


def mean(rows, column):
    """The mean of a column, with one decimal."""
    values = [float(row[column]) for row in rows]
    return f"{sum(values) / len(values):.1f}" if values else "-"


def percent(text):
    """A share as a percentage; a dash for none."""
    return f"{round(100 * float(text))} %" if text else "-"


def interval(row):
    """The bounds of a saving's interval in brackets, where it has one."""
    bounds = [row.get(f"saving_ci_{side}") for side in ("lo", "hi")]
    return " ({:.0f} to {:.0f})".format(*(100 * float(b) for b in bounds)) if all(bounds) else ""


def saving(rows, scheme, baseline, resource):
    """The saving over all clips, starred where the frontiers share a single accuracy."""
    for row in rows:
        if (row["clip"], row["scheme"], row["baseline"]) == ("all", scheme, baseline) and (
                row["resource"] == resource):
            if not row["saving"]:  # what a few draws of the bootstrap share says nothing
                return "-"
            single = row["accuracy_lo"] == row["accuracy_hi"]
            return percent(row["saving"]) + interval(row) + ("*" if single else "")
    return "-"


def agreement(rows, scheme):
    """How well the scheme's AccGrad agrees with what was measured, over all knobs."""
    mine = {row["averaged_over"]: row for row in rows
            if row["scheme"] == scheme and row["knob"] == "all"}
    if "1" not in mine:
        return "-", "-", "-"
    ranks = [mine[n]["spearman"] if n in mine else "" for n in ("1", "5", "clip")]
    shown = ", ".join(f"{float(r):.2f}" if r else "-" for r in ranks)
    return shown, percent(mine["1"]["equal_sign"]), percent(mine["1"]["measured_zero"])


def read_run(folder):
    """A results folder's manifest, its savings.csv, and the resource that it priced."""
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    resource = "gflop" if manifest["weight_gpu"] > 0.5 else "kbps"
    return manifest, steady(read(folder / "savings.csv")), resource


def rows_of(folder):
    """The table's rows for one results folder."""
    manifest, savings, resource = read_run(folder)
    summary = steady(read(folder / "summary.csv"))
    agreements = read(folder / "agreement.csv")
    for scheme in SCHEMES:
        mine = [row for row in summary if (row["clip"], row["scheme"]) == ("all", scheme)]
        yield (f"`{folder.name}`", manifest["task"], manifest["clips"][0]["kind"],
               ", ".join(manifest["knobs"]), scheme,
               mean(mine, "gpu_frames"), mean(mine, "camera_encodes"),
               *(saving(savings, scheme, baseline, resource) for baseline in BASELINES),
               *agreement(agreements, scheme))


def short_row(folder):
    """The table's one row for a results folder when it is to be short: savings alone."""
    _, savings, resource = read_run(folder)
    name = f"`{folder.name}`" + (", GPU work" if resource == "gflop" else "")
    return (name, *(" / ".join(saving(savings, scheme, baseline, resource) for scheme in SCHEMES)
                    for baseline in BASELINES))


def main():
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n", maxsplit=1)[0])
    parser.add_argument("folders", nargs="+", type=pathlib.Path, help="results folders")
    parser.add_argument("--short", action="store_true",
                        help=f"a row for each folder, the savings of {' / '.join(SCHEMES)}")
    args = parser.parse_args()
    columns = ("run", *(f"over {name}" for name in BASELINES)) if args.short else COLUMNS
    print("| " + " | ".join(columns) + " |")
    print("|" + " --- |" * len(columns))
    for folder in args.folders:
        for row in [short_row(folder)] if args.short else rows_of(folder):
            print("| " + " | ".join(row) + " |")


if __name__ == "__main__":
    main()
