#!/usr/bin/env python3
"""Writes random pairs of rate-quality curves with their BD-rate as the Python package bjontegaard
computes it (method pchip), for tests/report/curve_test.cpp.

Example: pip install bjontegaard==1.3.0
         tools/bjontegaard_reference.py > tests/report/bjontegaard.txt
"""

import random

import bjontegaard

PAIRS = 100


def curve(rng):
    """A curve of 4 to 9 points: rates in kbit/s and qualities, both ascending."""
    count = rng.randint(4, 9)
    rates = sorted(rng.uniform(50, 4000) for _ in range(count))
    qualities = sorted(rng.uniform(0.3, 1.0) for _ in range(count))
    return rates, qualities


def main():
    """Prints the pairs, each a line: count, rate quality ..., count, rate quality ..., BD-rate."""
    rng = random.Random(1)
    print("# anchor, then test: the count of points, each its rate and quality; the BD-rate in %")
    written = 0
    while written < PAIRS:
        anchor, test = curve(rng), curve(rng)
        if max(anchor[1][0], test[1][0]) >= min(anchor[1][-1], test[1][-1]):
            continue
        bd_rate = bjontegaard.bd_rate(*anchor, *test, method="pchip",
                                      require_matching_points=False,
                                      min_overlap=0)
        sides = (f"{len(side[0])} " + " ".join(f"{rate!r} {quality!r}"
                                               for rate, quality in zip(*side, strict=True))
                 for side in (anchor, test))
        print(*sides, repr(float(bd_rate)))
        written += 1


if __name__ == "__main__":
    main()
