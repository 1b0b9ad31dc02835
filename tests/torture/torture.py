#!/usr/bin/python3
"""Kills, crowds, starves and damages oneadapt-sim, and checks that it never says a wrong number.

After each trial: the right numbers (the bytes of an undisturbed run), or one line of error with an
exit code that fits; never a signal, a hang or an internal error; and traces pass SQLite's
integrity_check. A trial is made from its seed alone: the seed of the first that fails is printed,
and `torture.py --seed THAT --trials 1` runs it again (moments of kills are wall time, and vary).

    torture.py                 two minutes
    torture.py --hours 8       all night
    torture.py --only damaged  kinds of trial whose name holds that
"""

import argparse
import collections
import contextlib
import pathlib
import random
import shutil
import sys
import tempfile
import time

import workshop
from damaged_inputs import (
    TEXTS,
    damaged_clip,
    damaged_model,
    damaged_recording,
    damaged_text,
    damaged_trace,
    hostile_option,
    spelled,
)
from disturbed import crowd, full_disk, killed_merge, killed_record, killed_replay, starved
from workshop import FailureError, Workshop

# Each with how often it is tried, in relation to the others.
TRIALS = {killed_record: 8, killed_replay: 6, killed_merge: 6, crowd: 2, full_disk: 3, starved: 3,
          damaged_trace: 30, damaged_recording: 16, damaged_clip: 8, damaged_model: 16,
          damaged_text: 25, hostile_option: 10}


def options():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--minutes", type=float, default=2)
    parser.add_argument("--hours", type=float)
    parser.add_argument("--seed", type=int, default=1,
                        help="of the first trial; each next has one more")
    parser.add_argument("--trials", type=int, default=sys.maxsize, help="at most so many")
    parser.add_argument("--only", default="", help="kinds of trial whose name holds this")
    parser.add_argument("--go-on", action="store_true", help="after a trial that fails, too")
    parser.add_argument("--keep", type=pathlib.Path, help="folder for inputs, left behind")
    parser.add_argument("--build", type=pathlib.Path,
                        default=workshop.ROOT / "build/release", help="folder of the programs")
    return parser.parse_args()


def run_trials(wanted, shop, counts):
    """Returns how many failed."""
    kinds = {kind: often for kind, often in TRIALS.items() if wanted.only in kind.__name__}
    end = time.monotonic() + 60 * (60 * wanted.hours if wanted.hours else wanted.minutes)
    failed = 0
    for seed in range(wanted.seed, wanted.seed + wanted.trials):
        if time.monotonic() >= end or (failed and not wanted.go_on):
            break
        rng = random.Random(seed)
        trial = rng.choices(list(kinds), list(kinds.values()))[0]
        folder = shop.folder / f"trial{seed}"
        folder.mkdir()
        counts[trial.__name__]["trials"] += 1
        try:
            counts[trial.__name__].update(trial(shop, rng, folder))
            shutil.rmtree(folder)
        except FailureError as failure:
            failed += 1
            print(f"FAILED: {trial.__name__}, seed {seed}: {failure}\nagain: torture.py "
                  f"--seed {seed} --trials 1 {wanted.only and '--only ' + wanted.only}", flush=True)
    return failed


def main():
    wanted = options()
    counts = collections.defaultdict(collections.Counter)
    with contextlib.ExitStack() as stack:
        if wanted.keep:
            wanted.keep.mkdir(parents=True)
        folder = wanted.keep or stack.enter_context(tempfile.TemporaryDirectory(prefix="torture-"))
        shop = Workshop(wanted.build.resolve(), pathlib.Path(folder).resolve())
        for name in TEXTS:
            shop.must([*spelled(name, shop.folder), "--offline", "--trace", shop.trace,
                       "--out", shop.folder / f"of-{name}"])
        failed = run_trials(wanted, shop, counts)
    for trial, count in sorted(counts.items()):
        print(f"{trial:18}", ", ".join(f"{number} {what}" for what, number in count.items()))
    total = sum(counts.values(), collections.Counter())
    print(f"{total['trials']} trials, {total['kills']} kills, {total['inputs']} damaged inputs, "
          f"{total['values']} hostile values: "
          f"{failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
