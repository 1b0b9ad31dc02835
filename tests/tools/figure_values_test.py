"""Holds what tools/figures.py reads in a configuration to theory.

    /usr/bin/python3 tests/tools/figure_values_test.py
"""

import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tools"))

import figures


class KnobValues(unittest.TestCase):
    def test_are_numbers_and_places_of_names(self):
        self.assertEqual(figures.knob_values("model=n,qp=30"),
                         {"model": figures.NAMES["model"].index("n"), "qp": 30})

    def test_of_regions_are_the_mean(self):
        self.assertEqual(figures.knob_values("macroblock=42x2:30:36,qp=24"),
                         {"macroblock": 37.5, "qp": 24})

    def test_of_anything_else_are_refused(self):
        for wrong in ("qp", "qp=", "qp=high", "macroblock=42x:y"):
            with self.assertRaises(figures.Problem):
                figures.knob_values(wrong)


if __name__ == "__main__":
    unittest.main()
