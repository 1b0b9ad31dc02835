"""Holds what tools/paper_figures.py and tools/paper_table.py work out to theory.

    /usr/bin/python3 tests/tools/paper_figures_test.py
"""

import csv
import json
import sys
import tempfile
import unittest
import unittest.mock
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tools"))

import paper_figures
import paper_table


def write(path, rows):
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path, "w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, fieldnames=list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


def sweep_of(folder, statuses=("ok", "ok")):
    """Two cells, of 1 and 4 blocks, that save a fifth and a half."""
    axes = [{"settings.oneadapt.blocks": "1"}, {"settings.oneadapt.blocks": "4"}]
    cells = enumerate(zip(axes, statuses, strict=True))
    write(folder / "cells.csv", [{"cell": f"c{i}", **axis, "status": status,
                                  "folder": f"cells/c{i}"} for i, (axis, status) in cells])
    rows = [{"cell": f"c{i}", **axis, "clip": clip, "part": part, "scheme": "oneadapt",
             "baseline": "static", "saving": saving, "saving_ci_lo": saving - 0.1,
             "saving_ci_hi": saving + 0.1, "status": "ok", "resource": "kbps"}
            for i, (axis, saving) in enumerate(zip(axes, (0.2, 0.5), strict=True))
            for clip in ("all", "one") for part in ("whole", "steady")]
    write(folder / "savings.csv", rows)
    (folder / "experiment.json").write_text('{"name": "two"}', encoding="utf-8")
    for i in range(len(axes)):
        cell = folder / f"cells/c{i}"
        cell.mkdir(parents=True, exist_ok=True)
        (cell / "manifest.json").write_text('{"commit": "abc", "wall_seconds": 3}',
                                            encoding="utf-8")
    return folder


class PaperFiguresTest(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.folder = Path(temporary.name)

    def draw(self, name, sweep):
        with unittest.mock.patch.object(sys, "argv", [name, name, str(sweep), "--out",
                                                      str(self.folder / "out")]):
            return paper_figures.main()

    def test_a_figure_has_its_numbers_beside_it(self):
        self.assertEqual(self.draw("blocks", sweep_of(self.folder)), 0)
        with open(self.folder / "out/blocks.csv", newline="", encoding="utf-8") as file:
            rows = list(csv.DictReader(file))
        self.assertEqual([(r["blocks"], r["factor"]) for r in rows],
                         [("1", "1.2500"), ("4", "2.0000")], "of all clips, after the start")
        first = {p.name: p.read_bytes() for p in (self.folder / "out").iterdir()}
        self.assertEqual(set(first), {"blocks.csv", "blocks.json", "blocks.pdf", "blocks.png"})
        self.assertEqual(json.loads(first["blocks.json"])["cells"]["c1"], {"commit": "abc"})
        self.draw("blocks", self.folder)
        self.assertEqual(first, {p.name: p.read_bytes() for p in (self.folder / "out").iterdir()})

    def test_frontiers_are_drawn_as_each_cell_compares_them(self):
        sweep = sweep_of(self.folder / "sweep")
        points = [(100, 0.5), (200, 0.55), (300, 0.9)]  # what is between two others is on no hull
        write(sweep / "summary.csv",
              [{"cell": f"c{i}", "settings.oneadapt.blocks": blocks, "clip": "all",
                "part": "steady", "scheme": "oneadapt", "weight": weight, "configuration": "",
                "kbps": kbps, "accuracy": accuracy, "accuracy_ci_lo": "", "accuracy_ci_hi": "",
                "kbps_ci_lo": "", "kbps_ci_hi": ""}
               for i, blocks in enumerate(("1", "4"))
               for weight, (kbps, accuracy) in enumerate(points)])
        for i, lines in enumerate(("straight", "hull")):
            (sweep / f"cells/c{i}/manifest.json").write_text(
                json.dumps({"spec": {"lines": lines}, "knobs": {"qp": [20, 30]}}),
                encoding="utf-8")
        drawn = []
        with unittest.mock.patch.object(paper_figures, "unbeaten",
                                        lambda *what: drawn.append(what) or what[0]):
            self.assertEqual(self.draw("macroblock", sweep), 0)
        self.assertEqual([lines for _, lines in drawn], ["straight", "hull"])
        self.assertEqual(paper_figures.unbeaten(points, "hull"), [points[0], points[2]])

    def test_a_cell_that_failed_is_not_left_out(self):
        sweep = sweep_of(self.folder, ("ok", "error: clip 'a': is broken"))
        self.assertEqual(self.draw("blocks", sweep), 3)
        self.assertFalse((self.folder / "out").exists())

    def test_unknown_figures_are_refused(self):
        self.assertEqual(self.draw("none", sweep_of(self.folder)), 2)

    def test_labels_are_short(self):
        sweep = paper_figures.Sweep(sweep_of(self.folder))
        self.assertEqual([sweep.label(c) for c in sweep.cells], ["blocks 1", "blocks 4"])

    def test_estimates_and_utilities_stand_beside_accuracies(self):
        write(self.folder / "cells.csv", [{"cell": "c0", "knobs": "qp", "status": "ok",
                                           "folder": "cells/c0"}])
        write(self.folder / "cells/c0/accgrad.csv",
              [{"scheme": "oneadapt", "measured": i / 10, "estimate": 3 - i,
                "utility_change": i * i} for i in range(4)])
        for name in ("experiment.json", "cells/c0/manifest.json"):
            (self.folder / name).write_text("{}", encoding="utf-8")
        self.assertEqual(self.draw("accgrad", self.folder), 0)
        with open(self.folder / "out/accgrad.csv", newline="", encoding="utf-8") as file:
            row, = csv.DictReader(file)
        self.assertEqual((row["panel"], row["pairs"], row["estimate_pearson"],
                          row["utility_change_spearman"]), ("qp", "4", "-1.0000", "1.0000"))

    def test_settings_that_are_violated_are_in_no_mean(self):
        def setting(scheme, violated, ratio, part="whole"):
            return {"part": part, "scheme": scheme, "violated": violated, "late": "0.5",
                    "energy_ratio": ratio, "error_ratio": "2"}

        write(self.folder / "cells.csv",
              [{"cell": goal, "environment": "cpu", "goal": goal, "status": "ok",
                "folder": f"cells/{goal}"} for goal in ("min-energy", "max-accuracy")])
        (self.folder / "experiment.json").write_text("{}", encoding="utf-8")
        for goal in ("min-energy", "max-accuracy"):
            write(self.folder / "cells" / goal / "settings.csv",
                  [setting("alert-static", "0", "1"), setting("alert", "0", "1"),
                   setting("alert", "0", "3"), setting("alert", "1", "9"),
                   setting("alert", "0", "7", "steady")])
            (self.folder / "cells" / goal / "manifest.json").write_text("{}", encoding="utf-8")
        self.assertEqual(self.draw("alert", self.folder), 0)
        with open(self.folder / "out/alert.csv", newline="", encoding="utf-8") as file:
            first, second = csv.DictReader(file)
        self.assertEqual((first["settings"], first["violated"], first["ratio"]),
                         ("3", "1", "1.5000"), "the harmonic mean of 1 and 3")
        self.assertEqual(second["ratio"], "2.0000")

    def test_an_event_is_where_most_changes(self):
        self.assertEqual(paper_figures.event_of([1, 2] * 5 + [9, 8] * 5), 10)

    def test_ranks_of_equals_are_their_mean(self):
        self.assertAlmostEqual(paper_figures.rank_correlation([(1, 2), (2, 4), (3, 9)]), 1)
        self.assertAlmostEqual(paper_figures.rank_correlation([(1, 5), (1, 5), (2, 1), (2, 1)]), -1)

    def test_a_saving_is_that_of_the_rates(self):
        baseline = [[2.0, 0.5], [8.0, 0.9]]
        self.assertAlmostEqual(paper_table.saving([[1.0, 0.5], [4.0, 0.9]], baseline), 0.5)
        self.assertAlmostEqual(paper_table.saving(baseline, baseline), 0)
        self.assertAlmostEqual(paper_table.saving([[1.0, 0.3], [1.0, 0.7]], baseline),
                               1 - 1 / 2 ** 1.5, places=6)


if __name__ == "__main__":
    unittest.main()
