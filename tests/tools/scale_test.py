"""Holds what tools/scale.py works out to theory.

    /usr/bin/python3 tests/tools/scale_test.py
"""

import sys
import types
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tools"))

import scale


def measured(evaluations):
    """A program that takes 3 s and 5 kB to start, 0.5 s and 2 kB for each evaluation."""
    return types.SimpleNamespace(
        evaluations=evaluations, seconds=3 + evaluations / 2, bytes=5000 + 2000 * evaluations,
        replay=1 + evaluations / 100, plays=evaluations * 4, gflop_per_frame=2.0,
        rows={"encoding": evaluations, "output": evaluations})


class ScaleTest(unittest.TestCase):
    def test_a_line_goes_through_both_sizes(self):
        line = scale.Line(measured(10), measured(30), lambda m: m.seconds)
        self.assertAlmostEqual(line.slope, 0.5)
        self.assertAlmostEqual(line.fixed, 3)
        self.assertAlmostEqual(line.at(measured(100).evaluations), measured(100).seconds)

    def test_hours_and_bytes_grow_with_the_segments(self):
        seconds = scale.Line(measured(10), measured(30), lambda m: m.seconds)
        size = scale.Line(measured(10), measured(30), lambda m: m.bytes)
        hours, terabytes = scale.scaled(seconds, size, 11)
        self.assertAlmostEqual(hours, 86.4e6 * 11 * 0.5 / 3600, delta=1)
        self.assertAlmostEqual(terabytes, 86.4e6 * 11 * 2000 / 1e12, places=3)
        # Ten frames of 2 GFLOP at a millisecond each.
        self.assertAlmostEqual(scale.gpu_hours(2, 1, {"forward_s_per_gflop": 1e-3}),
                               86.4e6 * 0.02 / 3600)

    def test_the_page_says_by_how_much_the_prediction_is_off(self):
        confirmed = measured(330)
        confirmed.seconds = 2 * confirmed.seconds
        text = "".join(scale.page([measured(66), measured(132)], confirmed,
                                  {"forward_s_per_gflop": 1e-3}))
        self.assertIn("| recording | 3 s | 0.5 s | 168 s | 336 s | -50.0 % |", text)
        self.assertIn("| trace | 5 kB | 2 kB | 665 kB | 665 kB | +0.0 % |", text)


if __name__ == "__main__":
    unittest.main()
