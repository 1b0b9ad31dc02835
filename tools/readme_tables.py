#!/usr/bin/python3
"""Writes the tables of README.md and docs/ anew: what `oneadapt-sim list` prints, and what the
committed results say.

A table stands between the lines `<!-- table: NAME -->` and `<!-- end -->`.

Example: /usr/bin/python3 tools/readme_tables.py build/release/oneadapt-sim
         /usr/bin/python3 tools/readme_tables.py build/release/oneadapt-sim --check
"""

import argparse
import pathlib
import re
import subprocess
import sys

import matrix_table
import paper_table
import rivals_table

ROOT = pathlib.Path(__file__).resolve().parent.parent
SCHEMES = ROOT / "src/schemes"
EMBEDDED = ROOT / "results/embedded"
LONG = ROOT / "results/long"
OURS = ("oneadapt", "oneadapt-bounded", "calibrated")
MARKED = re.compile(r"(<!-- table: ([\w-]+) -->\n).*?(<!-- end -->\n)", re.DOTALL)
# The runs of results/matrix that docs/results.md shows.
SHOWN = ("detect-video-qp", "detect-video-resolution", "detect-video-framerate",
         "detect-video-filter-edge", "detect-video-filter-area-gpu", "detect-video-macroblock",
         "detect-video-joint", "detect-infrared-qp", "detect-infrared-macroblock",
         "detect-depth-qp", "detect-depth-resolution", "detect-depth-macroblock",
         "segment-video-qp", "segment-video-macroblock", "lidar-bits", "lidar-points",
         "lidar-tiles", "transcribe-sample-rate", "transcribe-audio-bitrate", "transcribe-both")


def table(columns, rows):
    """A markdown table. A bar in a field would end it, so it is escaped."""
    lines = [columns, ["---"] * len(columns), *([str(f).replace("|", "\\|") for f in row]
                                                for row in rows)]
    return "".join("| " + " | ".join(line) + " |\n" for line in lines)


def code(names):
    """A comma-separated list of names, each in backticks."""
    return ", ".join(f"`{name}`" for name in names.split(", "))


class Listed:
    """What `oneadapt-sim list` prints: sections of rows `name text`, with lines below them."""

    def __init__(self, text):
        self.sections = {}
        rows = []
        for line in text.splitlines():
            if line.startswith("      "):
                rows[-1][2].append(line.strip())
            elif line.startswith("  "):
                name, rest = line.split(maxsplit=1)
                rows.append((name, rest, []))
            elif line:
                rows = self.sections.setdefault(line.split()[0], [])

    def rows(self, section, form):
        """The rows of a section as (name, the groups of `form` in its text, lines below)."""
        for name, text, below in self.sections[section]:
            found = re.fullmatch(form, text)
            if found is None:
                sys.exit(f"readme_tables: 'list' prints {section} in a way not known here: {text}")
            yield name, found.groups(), below


def scheme_file(name):
    """The source file that holds a scheme's row."""
    files = [f for f in sorted(SCHEMES.glob("*.cpp")) if f'"{name}"' in f.read_text("utf-8")]
    if len(files) != 1:
        sys.exit(f"readme_tables: \"{name}\" stands in {len(files)} files of src/schemes, not in 1")
    return files[0].relative_to(ROOT)


def fact(below, what):
    """What a scheme claims, needs or plays; empty where nothing is said."""
    return next((line.removeprefix(f"{what} ") for line in below if line.startswith(f"{what} ")),
                "")


def schemes(listed):
    """A row for each scheme: what it is, what it needs and plays, what its paper claims."""
    rows = [(f"`{name}`", what, paper, f"`{scheme_file(name)}`",
             *(fact(below, about) or "-" for about in ("needs", "plays", "claims")))
            for name, (what, paper), below in listed.rows("schemes", r"(.*) \[(.*)\]")]
    return table(("scheme", "what", "from", "file", "needs", "plays", "its paper claims"), rows)


def saved_over(name):
    """What OneAdapt's two updates and this project's scheme save over a scheme, in per cent, in the
    first run of results/long that has it: "23/37/41"."""
    folders = sorted(file.parent for file in LONG.glob("*/savings.csv"))
    # The knobs that a rival was published for, on the drawn streets before the real one.
    folders.sort(key=lambda folder: folder.name not in ("encoding", "macroblock"))
    folders.sort(key=lambda folder: folder.name.startswith("vtest"))
    for folder in folders:
        _, savings, resource = matrix_table.read_run(folder)
        of = [matrix_table.saving(savings, scheme, name, resource) for scheme in OURS]
        if any(saving != "-" for saving in of):
            star = "*" if any(saving.endswith("*") for saving in of) else ""
            return "/".join(saving.split(" ", maxsplit=1)[0] for saving in of) + star
    return ""


def scheme_files(listed):
    """A row for the schemes of a paper in a file, for README.md, which is to stay short."""
    grouped = {}
    for name, (_, paper), below in listed.rows("schemes", r"(.*) \[(.*)\]"):
        grouped.setdefault((paper, scheme_file(name)), []).append((name, fact(below, "claims")))
    rows = []
    for (paper, file), members in grouped.items():
        names, claims = zip(*members, strict=True)
        rows.append((code(", ".join(names)), paper, f"`{file}`", next(filter(None, claims), ""),
                     "" if names[0] in OURS or paper == "-" else saved_over(names[0])))
    return table(("scheme", "from", "file", "its paper claims", "saved over it here, %"), rows)


def parameters(listed):
    """A row for each parameter of a scheme."""
    lines = [line.split(maxsplit=1) for name, _, below in listed.rows("schemes", r"(.*)")
             for line in below if line.startswith(f"{name}.")]
    return table(("parameter", "what"), [(f"`{name}`", what) for name, what in lines])


def knobs(listed):
    """A row for each knob and its values."""
    rows = [(f"`{name}`", what, machine, values) for name, (what, machine, values), _
            in listed.rows("knobs", r"(.*) \[acts on the (.*)\]: (.*)")]
    return table(("knob", "what", "acts on the", "values, most expensive first"), rows)


def tasks(listed):
    """A row for each medium that a task takes."""
    rows = []
    for name, (what, _), below in listed.rows("tasks", r"(.*) \[outputs: (.*)\]"):
        for line in below:
            _, medium, rest = line.split(maxsplit=2)
            rows.append((f"`{name}`", what, f"`{medium}`", code(rest.removeprefix("knobs: "))))
    return table(("task", "what", "`--input`", "knobs"), rows)


def codecs(listed):
    """A row for each codec."""
    rows = [(f"`{name}`", what, code(media), code(obeyed)) for name, (what, media, obeyed), _
            in listed.rows("codecs", r"(.*) \[(.*); knobs: (.*)\]")]
    return table(("codec", "what", "inputs", "knobs"), rows)


def media(listed):
    """A row for each medium."""
    return table(("input", "what"), [(f"`{name}`", what)
                                     for name, (what,), _ in listed.rows("media", r"(.*)")])


def embedded(_):
    """A row for each adaptive scheme of the main job: what it costs and saves over all clips."""
    _, savings, resource = matrix_table.read_run(EMBEDDED)
    summary = [row for row in matrix_table.steady(matrix_table.read(EMBEDDED / "summary.csv"))
               if row["clip"] == "all"]
    names = list(dict.fromkeys(row["scheme"] for row in summary))
    baselines = [name for name in matrix_table.BASELINES if name in names]
    rows = []
    for name in (name for name in names if name not in ("static", "oracle")):
        mine = [row for row in summary if row["scheme"] == name]
        rows.append((f"`{name}`", matrix_table.mean(mine, "gpu_frames"),
                     matrix_table.mean(mine, "camera_encodes"),
                     *(matrix_table.saving(savings, name, b, resource) for b in baselines)))
    return table(("scheme", "GPU frames", "camera encodes", *(f"over `{b}`" for b in baselines)),
                 rows)


def matrix(_):
    """A row for some of the runs of results/matrix."""
    columns = ("run (`oneadapt` / `oneadapt-bounded`)",
               *(f"over {name}" for name in matrix_table.BASELINES))
    return table(columns, [matrix_table.short_row(ROOT / "results/matrix" / run) for run in SHOWN])


def long(_):
    """A row for each scheme of each run of results/long: what three schemes save over it."""
    rows = [row for file in sorted(LONG.glob("*/savings.csv"))
            for row in rivals_table.rows_of(file.parent, OURS)]
    return table(rivals_table.columns_of(OURS), rows)


def figures(_):
    """Each experiment, how to run it, and what it draws."""
    return table(["figure", "experiment", "command", "files"], paper_table.figures_rows())


def paper(_):
    """What a paper prints, and what the committed figures say."""
    return table(["figure", "what", "the paper", "here, steady, with 95 % interval", "agreeing",
                  "the paper's figure comes from"], paper_table.paper_rows())


ALERT = ROOT / "results/alert"
ALERT_SCHEMES = ("alert", "alert-oracle", "sys-only", "no-coordination", "race-to-idle")


def alert_rows(goal, column):
    """A row for each task, profile and environment: a figure over that of the best static choice,
    and how many settings are violated; of `alert` also with a small floor of the process noise,
    where there are results of that."""
    for task in ("detect", "segment", "transcribe"):
        careful = {cell_of(row): row for row in matrix_table.read(ALERT / task / "table.csv")}
        file = ALERT / f"{task}-q0" / "table.csv"
        bold = {cell_of(row): row for row in matrix_table.read(file)} if file.exists() else {}
        worlds = dict.fromkeys(cell[:2] for cell in careful if cell[2] == goal)
        for world in worlds:
            figures = [ratio(careful.get((*world, goal, name)), column) for name in ALERT_SCHEMES]
            figures.insert(1, ratio(bold.get((*world, goal, "alert")), column))
            yield (task, *world, *figures)


def cell_of(row):
    return row["profile"], row["environment"], row["goal"], row["scheme"]


def ratio(row, column):
    """"1.11 [6]"."""
    if row is None:
        return ""
    return (f"{float(row[column]):.2f}" if row[column] else "-") + f" [{row['violated']}]"


def alert_table(goal, column):
    names = list(ALERT_SCHEMES)
    names.insert(1, "alert.q0=0.0001")
    return table(("task", "profile", "environment", *(f"`{name}`" for name in names)),
                 alert_rows(goal, column))


def alert_energy(_):
    """Energy of ALERT and its rivals where it is to be least."""
    return alert_table("min-energy", "energy_ratio")


def alert_error(_):
    """Error of ALERT and its rivals where accuracy is to be most."""
    return alert_table("max-accuracy", "error_ratio")


TABLES = {make.__name__: make
          for make in (schemes, scheme_files, parameters, knobs, tasks, codecs, media, embedded,
                       matrix, long, figures, paper, alert_energy, alert_error)}


def renewed(file, listed):
    """A file's text with its tables as they ought to be."""
    def fill(found):
        if found[2] not in TABLES:
            sys.exit(f"readme_tables: {file}: no table '{found[2]}'; there are {', '.join(TABLES)}")
        return found[1] + TABLES[found[2]](listed) + found[3]
    return MARKED.sub(fill, file.read_text(encoding="utf-8"))


def main():
    """Writes the tables, or says which files differ."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n", maxsplit=1)[0])
    parser.add_argument("program", help="oneadapt-sim, to be asked for its tables")
    parser.add_argument("--check", action="store_true",
                        help="change nothing; fail when a table is not what it ought to be")
    args = parser.parse_args()
    listed = Listed(subprocess.run([args.program, "list"], check=True, capture_output=True,
                                   text=True).stdout)
    stale = []
    for file in [ROOT / "README.md", ROOT / "experiments/README.md",
                 *sorted((ROOT / "docs").glob("*.md"))]:
        text = renewed(file, listed)
        if text == file.read_text(encoding="utf-8"):
            continue
        stale.append(str(file.relative_to(ROOT)))
        if not args.check:
            file.write_text(text, encoding="utf-8")
    if args.check and stale:
        sys.exit(f"tables of {', '.join(stale)} are out of date; renew them with\n    make tables")


if __name__ == "__main__":
    main()
