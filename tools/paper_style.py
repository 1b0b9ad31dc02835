"""What the papers' figures have in common: the tables of a sweep, one style that reads in a column
of a page, and the files of a figure."""

import csv
import json
import math
import pathlib
import re

from matplotlib import pyplot as plt

from figures import INPUT, OUTPUT, Problem, read_rows

COLUMN = 3.4  # inches: the width of a column of the usual two
STYLE = {"font.size": 7, "axes.linewidth": 0.6, "lines.linewidth": 1.1, "lines.markersize": 3.5,
         "legend.frameon": False, "axes.grid": True, "grid.color": "0.92", "grid.linewidth": 0.5,
         "axes.axisbelow": True, "axes.titlesize": 7.5, "pdf.fonttype": 42}


# What of a cell's manifest is not in the experiment already.
PROVENANCE = ("version", "commit", "results_version", "spec_hash", "files", "encoder",
              "measured_with")

# Axes that say less in a figure than the others do.
UNNAMED = re.compile(r"(spec\.)?(schemes|min_accuracy|max_energy|duration_s|weight_gpu|weights|"
                     r"warmup)$|values\.|.*\.stride$")


class Sweep:
    """The tables of a sweep."""

    def __init__(self, folder):
        self.folder = folder
        self.cells = read_rows(folder, "cells.csv", ["cell", "status", "folder"])
        failed = [c for c in self.cells if c["status"] != "ok"]
        if failed:
            raise Problem(INPUT, f"{folder / 'cells.csv'}: cell '{failed[0]['cell']}' is "
                          f"'{failed[0]['status']}'; sweep again")
        self.axes = [c for c in self.cells[0] if c not in ("cell", "status", "folder")]

    def label(self, row):
        """What tells the cell from the others, short: words by themselves, numbers with a name."""
        cell = next(c for c in self.cells if c["cell"] == row["cell"])
        named = [a for a in self.axes if not UNNAMED.match(a)]
        varied = [a for a in named if len({c[a] for c in self.cells}) > 1] or named
        texts = {}  # in order, each once
        for axis in varied:
            value = pathlib.PurePath(cell[axis]).stem if "/" in cell[axis] else cell[axis]
            if value and is_number(value):
                value = f"{axis.rpartition('.')[2]} {value}"
            if value:
                texts[value] = True
        return ", ".join(texts) or row["cell"]

    def table(self, name, needed):
        """Rows over all clips, after the start."""
        rows = read_rows(self.folder, name, ["cell", "clip", "part", *needed])
        rows = [r for r in rows if r["clip"] == "all"]
        return [r for r in rows if r["part"] == "steady"] or rows

    def of_cells(self, name, needed):
        """A table that the collected ones leave out: the rows of every cell, with its name."""
        return [{**row, "cell": cell["cell"]} for cell in self.cells
                for row in read_rows(self.folder / cell["folder"], name, needed)]


def is_number(text):
    return text.replace(".", "", 1).isdigit()


def legend_below(figure, axes):
    """One legend for all panels, in a strip of its own below them."""
    entries = {}
    for axis in axes:
        for handle, label in zip(*axis.get_legend_handles_labels(), strict=True):
            entries.setdefault(label, handle)
    columns = min(len(entries), 3)
    strip = 0.15 * math.ceil(len(entries) / columns) + 0.1
    figure.tight_layout(rect=(0, strip / figure.get_size_inches()[1], 1, 1), pad=0.3)
    figure.legend(entries.values(), entries.keys(), loc="lower center", ncol=columns,
                  borderaxespad=0.2, labelspacing=0.3, columnspacing=1.2)


def grid_of(count, height):
    """Panels, two in a row where there are several."""
    columns = min(count, 2)
    lines = math.ceil(count / columns)
    figure, axes = plt.subplots(lines, columns, squeeze=False,
                                figsize=(COLUMN, height * lines + 0.6))
    flat = list(axes.flat)
    for spare in flat[count:]:
        spare.remove()
    return figure, flat[:count]


def write(out, name, figure, numbers):
    """The figure as PDF and PNG, with its numbers beside it; the same bytes each time."""
    try:
        out.mkdir(parents=True, exist_ok=True)
        figure.savefig(out / f"{name}.pdf", metadata={"CreationDate": None})
        figure.savefig(out / f"{name}.png", dpi=200, metadata={"Software": None})
        write_numbers(out / f"{name}.csv", numbers)
    except OSError as error:
        raise Problem(OUTPUT, f"{out}: cannot be written ({error.strerror}); "
                      "choose another --out") from error
    plt.close(figure)


def write_numbers(path, rows):
    with open(path, "w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, fieldnames=list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    print(path)


def write_provenance(path, sweep):
    """The experiment, and of each cell what it was made with and of."""
    def read(file):
        return json.loads((sweep.folder / file).read_text(encoding="utf-8"))

    manifests = {}
    for cell in sweep.cells:
        manifest = read(pathlib.Path(cell["folder"]) / "manifest.json")
        manifests[cell["cell"]] = {key: manifest[key] for key in PROVENANCE if key in manifest}
    text = json.dumps({"experiment": read("experiment.json"), "cells": manifests}, indent=1,
                      sort_keys=True)
    path.write_text(text + "\n", encoding="utf-8")


def chosen(row, columns):
    return {column: row[column] for column in columns}
