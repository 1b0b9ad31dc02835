#!/usr/bin/python3
"""Tests of tools/saving_between.py: its savings are those that the program writes."""

import csv
import pathlib
import subprocess
import sys
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))

import saving_between as between

RUNS = (ROOT / "results/embedded", ROOT / "results/long/encoding")  # one knob, three knobs


class SavingBetweenTest(unittest.TestCase):
    def test_savings_are_those_of_the_program(self):
        for folder in RUNS:
            run = between.read(folder)
            hull = len(run[1]["knobs"]) > 1
            with open(folder / "savings.csv", newline="", encoding="utf-8") as file:
                rows = [row for row in csv.DictReader(file)
                        if row["part"] == "steady" and row["resource"] == "kbps"
                        and row["scheme"] == "oneadapt" and row["status"] == "ok"]
            self.assertGreater(len(rows), 3)
            for row in rows:
                mine, others = (between.points(run, folder, row[who])
                                for who in ("scheme", "baseline"))
                self.assertAlmostEqual(
                    between.saving(mine[row["clip"]], others[row["clip"]], hull),
                    float(row["saving"]), places=9, msg=f"{folder.name}: {row}")

    def test_one_knob_alone_is_a_part_of_the_grid(self):
        folder = RUNS[1]
        run = between.read(folder)
        grid, alone = (between.points(run, folder, "static", knob) for knob in (None, "qp"))
        self.assertLess(len(alone["all"]), len(grid["all"]))
        self.assertGreaterEqual(between.saving(grid["all"], alone["all"], True), 0)

    def test_what_cannot_be_compared_is_said(self):
        for arguments, said in (
                ([RUNS[0], "nobody", RUNS[0], "static"], "has no scheme 'nobody'; it has "),
                ([RUNS[0], "oneadapt", RUNS[1], "static"], "have other clips"),
                ([RUNS[0], "oneadapt", RUNS[0], "static", "--only", "x"], "has the knobs qp"),
                ([ROOT / "src", "oneadapt", RUNS[0], "static"], "is no results folder")):
            ran = subprocess.run([sys.executable, ROOT / "tools/saving_between.py", *arguments],
                                 capture_output=True, text=True, check=False)
            self.assertEqual(ran.returncode, 3)
            self.assertIn(said, ran.stderr)


if __name__ == "__main__":
    unittest.main()
