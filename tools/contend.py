#!/usr/bin/python3
"""Records how much slower a DNN gets beside a contender that starts and stops.

A DNN runs at a steady pace on one thread while Debian's stress-ng works in bursts. Written is the
series that `--slowdown` reads: how many times longer each inference took than one does in the
pauses; and beside it, as JSON, the machine, the command and when the contender ran. Needs Debian's
python3-torch and stress-ng. Example:

    /usr/bin/python3 tools/contend.py --kind memory --out memory.csv
"""

import argparse
import csv
import json
import os
import pathlib
import platform
import random
import shlex
import statistics
import subprocess
import sys
import time

import torch

# What stress-ng is asked for, a worker for each processor.
KINDS = {
    "none": (),
    "compute": ("--cpu", "0", "--cpu-method", "matrixprod"),
    "memory": ("--stream", "0"),
}


class Contender:
    """stress-ng in bursts: off and on in turn, for times drawn by a seed around a mean."""

    def __init__(self, kind, seconds, mean, seed):
        self.arguments = KINDS[kind]
        self.process = None
        self.bursts = []  # from, to
        draw = random.Random(seed)
        end = 0.0
        while self.arguments and end < seconds:
            start = end + draw.expovariate(1 / mean)
            end = start + draw.expovariate(1 / mean)
            if start < seconds:
                self.bursts.append((round(start, 2), round(min(end, seconds), 2)))

    def follow(self, now):
        """Starts or stops it, as it should be at that time."""
        wanted = any(start <= now < end for start, end in self.bursts)
        if wanted and self.process is None:
            self.process = subprocess.Popen(["stress-ng", "--quiet", *self.arguments])
        elif not wanted:
            self.stop()

    def stop(self):
        if self.process is not None:
            self.process.terminate()
            self.process.wait()
            self.process = None


def seconds_of(model, picture):
    """Wall time of one inference."""
    start = time.perf_counter()
    with torch.no_grad():
        model(picture)
    return time.perf_counter() - start


def processor():
    """The name of this machine's processor, and how many of them there are."""
    for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return f"{line.partition(':')[2].strip()}, {os.cpu_count()} processors"
    return f"{platform.machine()}, {os.cpu_count()} processors"


def record(model, picture, contender, seconds, period):
    """Rows (second, seconds of an inference), one a period."""
    for _ in range(10):
        seconds_of(model, picture)
    rows = []
    start = time.perf_counter()
    try:
        while (now := time.perf_counter() - start) < seconds:
            contender.follow(now)
            rows.append((now, seconds_of(model, picture)))
            rest = start + len(rows) * period - time.perf_counter()
            time.sleep(max(rest, 0))
    finally:
        contender.stop()
    return rows


def alone(rows, bursts):
    """Seconds of an inference while nothing contends, their median."""
    pauses = [took for second, took in rows
              if not any(start <= second <= end + 0.5 for start, end in bursts)]
    return statistics.median(pauses)


def write_series(file, rows, unit, seconds):
    """The CSV of `--slowdown`: its first row at 0, its last closes the series."""
    with file.open("w", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(["seconds", "slowdown"])
        for i, (second, took) in enumerate(rows):
            writer.writerow([f"{second if i else 0:.3f}", f"{took / unit:.3f}"])
        writer.writerow([f"{max(seconds, rows[-1][0] + 0.001):.3f}", "1"])


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kind", choices=sorted(KINDS), required=True, help="what contends")
    parser.add_argument("--model", type=pathlib.Path,
                        default=pathlib.Path("datasets/models/street-n.pt"))
    parser.add_argument("--shape", default="3x384x640", help="of the picture that it sees")
    parser.add_argument("--seconds", type=float, default=150)
    parser.add_argument("--period", type=float, default=0.2, help="seconds between inferences")
    parser.add_argument("--burst", type=float, default=10, help="mean seconds of a burst, and of "
                                                                "the pause before it")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=pathlib.Path, required=True)
    return parser.parse_args()


def main():
    args = parse_arguments()
    torch.set_num_threads(1)
    model = torch.jit.load(str(args.model))
    picture = torch.rand(1, *(int(side) for side in args.shape.split("x")))
    contender = Contender(args.kind, args.seconds, args.burst, args.seed)
    load = os.getloadavg()[0]
    rows = record(model, picture, contender, args.seconds, args.period)
    unit = alone(rows, contender.bursts)
    write_series(args.out, rows, unit, args.seconds)
    facts = {"kind": args.kind, "machine": processor(), "model": args.model.name,
             "alone_ms": round(1e3 * unit, 3), "load_before": load,
             "command": shlex.join(["tools/contend.py", *sys.argv[1:]]),
             "contender": shlex.join(["stress-ng", *contender.arguments]) if contender.arguments
             else "", "bursts": contender.bursts}
    args.out.with_suffix(".json").write_text(json.dumps(facts, indent=2) + "\n")
    ratios = sorted(took / unit for _, took in rows)
    place = lambda share: ratios[int(share * (len(ratios) - 1))]
    print(f"{args.kind}: {len(rows)} inferences, {1e3 * unit:.1f} ms alone, slowdown median "
          f"{place(0.5):.2f}, 90 % {place(0.9):.2f}, most {ratios[-1]:.2f}")


if __name__ == "__main__":
    main()
