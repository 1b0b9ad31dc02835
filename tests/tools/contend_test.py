#!/usr/bin/python3
"""Tests of tools/contend.py: what it draws, what it takes for calm, and what it writes."""

import pathlib
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "tools"))

import contend


class ContendTest(unittest.TestCase):
    def test_bursts_are_drawn_by_the_seed_and_lie_apart(self):
        bursts = contend.Contender("compute", 300, 8, 1).bursts
        self.assertEqual(bursts, contend.Contender("memory", 300, 8, 1).bursts)
        self.assertNotEqual(bursts, contend.Contender("compute", 300, 8, 2).bursts)
        times = [time for burst in bursts for time in burst]
        self.assertEqual(times, sorted(times))
        self.assertLessEqual(times[-1], 300)
        self.assertEqual(contend.Contender("none", 300, 8, 1).bursts, [])

    def test_alone_is_the_median_of_the_pauses(self):
        rows = [(0.0, 1.0), (0.2, 1.2), (0.4, 1.1), (0.6, 9.0), (1.0, 9.0), (1.6, 5.0)]
        self.assertEqual(contend.alone(rows, [(0.5, 1.2)]), 1.1)

    def test_the_series_starts_at_0_and_ends_with_the_recording(self):
        with tempfile.TemporaryDirectory() as folder:
            file = pathlib.Path(folder) / "x.csv"
            contend.write_series(file, [(0.001, 0.02), (0.2, 0.05)], 0.02, 0.4)
            self.assertEqual(file.read_text(),
                             "seconds,slowdown\n0.000,1.000\n0.200,2.500\n0.400,1\n")


if __name__ == "__main__":
    unittest.main()
