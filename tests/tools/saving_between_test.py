#!/usr/bin/python3
"""Tests of tools/saving_between.py: its savings are those that the program writes."""

import csv
import pathlib
import subprocess
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "tools"))

import saving_between as between

ROOT = pathlib.Path(__file__).resolve().parents[2]
RUNS = (ROOT / "results/embedded", ROOT / "results/long/encoding")  # one knob, three knobs
GPU = ROOT / "results/long/filter-pixel-gpu"


class SavingBetweenTest(unittest.TestCase):
    def test_savings_are_those_of_the_program(self):
        for folder in RUNS:
            run = between.Run(folder)
            with open(folder / "savings.csv", newline="", encoding="utf-8") as file:
                rows = [row for row in csv.DictReader(file)
                        if row["part"] == "steady" and row["resource"] == "kbps"
                        and row["scheme"] == "oneadapt" and row["saving"]]
            self.assertGreater(len(rows), 3)
            for row in rows:
                mine, others = (run.points(row[who]) for who in ("scheme", "baseline"))
                saved, single = between.saving(mine[row["clip"]], others[row["clip"]], run.lines)
                self.assertAlmostEqual(saved, float(row["saving"]), places=9,
                                       msg=f"{folder.name}: {row}")
                self.assertEqual(single, row["status"] == "single point")

    def test_one_knob_alone_is_a_part_of_the_grid(self):
        run = between.Run(RUNS[1])
        grid, alone = (run.points("static", knob) for knob in (None, "qp"))
        self.assertLess(len(alone["all"]), len(grid["all"]))
        self.assertEqual(len(alone["all"]), len(run.knobs["qp"]))

    def test_a_hull_leaves_out_what_two_in_turn_make_no_dearer(self):
        points = [(100, 0.5), (390, 0.6), (220, 0.7), (400, 0.9)]
        self.assertEqual(list(between.frontier(points, "hull")[1]), [0.5, 0.7, 0.9])
        self.assertEqual(list(between.frontier(points[:2] + points[3:], "hull")[1]), [0.5, 0.9])
        self.assertEqual(between.saving([(100, 0.5)], [(200, 0.5)], "straight"), (0.5, True))
        self.assertIsNone(between.saving([(100, 0.5)], [(200, 0.6)], "straight"))

    def test_what_cannot_be_compared_is_said(self):
        for arguments, said in (
                ([RUNS[0], "nobody", RUNS[0], "static"], "has no scheme 'nobody'; it has "),
                ([RUNS[0], "oneadapt", RUNS[1], "static"], "did not play the same clips"),
                ([RUNS[0], "oneadapt", RUNS[0], "static", "--only", "x"], "has the knobs qp"),
                ([RUNS[0], "oneadapt", RUNS[0], "oneadapt", "--only", "qp"], "no row for each"),
                ([GPU, "oneadapt", GPU, "static"], "is not priced by bandwidth"),
                ([ROOT / "src", "oneadapt", RUNS[0], "static"], "is no results folder")):
            ran = subprocess.run([sys.executable, ROOT / "tools/saving_between.py", *arguments],
                                 capture_output=True, text=True, check=False)
            self.assertEqual(ran.returncode, 3)
            self.assertIn(said, ran.stderr)


if __name__ == "__main__":
    unittest.main()
