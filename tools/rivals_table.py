#!/usr/bin/python3
"""Prints a markdown table of results folders: a row for each rival, and in it what some schemes
save over it at equal accuracy, and what it costs.

Example: /usr/bin/python3 tools/rivals_table.py --schemes oneadapt,calibrated results/long/sound
"""

import argparse
import pathlib

import matrix_table


def columns_of(schemes):
    return ("run", "over", *(f"`{name}` saves" for name in schemes),
            "camera encodes", "forward frames", "backward frames")


def rows_of(folder, schemes):
    """The rows of one results folder: its own schemes first, then whom they are compared with."""
    _, savings, resource = matrix_table.read_run(folder)
    summary = [row for row in matrix_table.steady(matrix_table.read(folder / "summary.csv"))
               if row["clip"] == "all"]
    names = list(dict.fromkeys(row["scheme"] for row in summary))
    for name in names:
        mine = [row for row in summary if row["scheme"] == name]
        yield (f"`{folder.name}`", f"`{name}`",
               *("-" if scheme == name else
                 matrix_table.saving(savings, scheme, name, resource) for scheme in schemes),
               *(matrix_table.mean(mine, column)
                 for column in ("camera_encodes", "forward_frames", "backward_frames")))


def check(folders, schemes, parser):
    """Refuses folders without results, and schemes that none of them has."""
    played = set()
    for folder in folders:
        file = folder / "summary.csv"
        if not file.exists():
            parser.error(f"{file}: does not exist; name folders that oneadapt-sim wrote")
        played |= {row["scheme"] for row in matrix_table.read(file)}
    for name in schemes:
        if name not in played:
            parser.error(f"scheme '{name}' was not played; choose from {', '.join(sorted(played))}")


def main():
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n", maxsplit=1)[0])
    parser.add_argument("folders", nargs="+", type=pathlib.Path, help="results folders")
    parser.add_argument("--schemes", default=",".join(matrix_table.SCHEMES), metavar="NAMES",
                        help="who saves (default: %(default)s)")
    args = parser.parse_args()
    schemes = args.schemes.split(",")
    check(args.folders, schemes, parser)
    columns = columns_of(schemes)
    print("| " + " | ".join(columns) + " |")
    print("|" + " --- |" * len(columns))
    for folder in args.folders:
        for row in rows_of(folder, schemes):
            print("| " + " | ".join(row) + " |")


if __name__ == "__main__":
    main()
