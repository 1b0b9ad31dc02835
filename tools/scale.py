#!/usr/bin/python3
"""Measures what recording and replaying cost, checks that they grow with the number of evaluations
alone, and works out what many cameras take: writes experiments/scale.md.

    tools/scale.py build/release/oneadapt-sim --out experiments/scale.md

Two sizes are measured and a line is laid through them; a third size, larger than both, is predicted
from it and then measured. Times are processor seconds of the program (user and system), which other
work on the machine disturbs less than the clock on the wall.
"""

import argparse
import csv
import json
import os
import pathlib
import platform
import sqlite3
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
CLIPS = 3  # of the main job
SIZES = (2, 4)  # seconds, and so segments, of each
CONFIRMED = 10
CAMERAS = 1000
SEGMENTS = CAMERAS * 24 * 3600  # a segment lasts a second
GPU = "gpu"  # the device profile that GPU hours are worked out with
FRAMES = 10  # of a segment


def timed(command):
    """Processor seconds of a command."""
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise subprocess.CalledProcessError(process.returncode, command)
    return usage.ru_utime + usage.ru_stime


class Measured:
    """What a size took: `evaluations` (segments encoded and analysed under a configuration),
    `seconds` of recording, `replay` of playing it again, `plays`, `bytes` and `rows` of trace."""

    def __init__(self, program, folder, seconds):
        trace, out = folder / f"{seconds}.trace", folder / f"out-{seconds}"
        command = [program, "--duration", str(seconds), "--trace", str(trace), "--out", str(out),
                   "--jobs", "1", "--quiet"]
        self.seconds = timed([program, "record", *command[1:5], *command[7:]])
        with sqlite3.connect(f"file:{trace}?mode=ro", uri=True) as database:
            self.rows = dict(database.execute("select kind, count(*) from measurement "
                                              "group by kind order by kind"))
        database.close()
        self.evaluations = self.rows["output"]
        self.bytes = trace.stat().st_size
        timed(command)  # works out what is kept beside the measurements
        self.replay = timed(command)
        with open(out / "segments.csv", newline="", encoding="utf-8") as file:
            self.plays = sum(1 for _ in csv.DictReader(file))
        with open(out / "summary.csv", newline="", encoding="utf-8") as file:
            reference = next(row for row in csv.DictReader(file) if row["scheme"] == "static")
        self.gflop_per_frame = float(reference["gflop"]) / float(reference["forward_frames"])


class Line:
    """A fixed part and so much for each evaluation, through two measured sizes."""

    def __init__(self, first, second, of):
        self.slope = (of(second) - of(first)) / (second.evaluations - first.evaluations)
        self.fixed = of(first) - self.slope * first.evaluations

    def at(self, evaluations):
        return self.fixed + self.slope * evaluations


def deviation(predicted, measured):
    return f"{100 * (predicted / measured - 1):+.1f} %"


def processor():
    for line in pathlib.Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()


def scaled(seconds, trace_bytes, per_segment):
    """(core hours, TB of trace) of all cameras with so many evaluations a segment."""
    evaluations = SEGMENTS * per_segment
    return seconds.at(evaluations) / 3600, trace_bytes.at(evaluations) / 1e12


def gpu_hours(gflop_per_frame, per_segment, profile):
    return SEGMENTS * per_segment * FRAMES * gflop_per_frame * profile["forward_s_per_gflop"] / 3600


def page(sizes, confirmed, profile):
    first, second = sizes
    seconds = Line(first, second, lambda m: m.seconds)
    size = Line(first, second, lambda m: m.bytes)
    replay = Line(first, second, lambda m: m.replay)
    configurations = second.evaluations / (CLIPS * SIZES[1])
    predicted = confirmed.evaluations
    yield f"""# Scale

What 1,000 cameras take over 24 hours, from a cost model that was measured. Written by

    tools/scale.py build/release/oneadapt-sim --out experiments/scale.md

on {os.cpu_count()} processors ({processor()}), one worker, which other work
shared; processor seconds. The runs are the main job (detection, QP, the schemes of a default run)
on the first seconds of the three embedded clips, x264 medium. An evaluation is a segment of ten
frames encoded, decoded and analysed under one configuration; the gradients and the reading of clips
that come with it are in its cost.

## Measured

| seconds of each clip | evaluations | recording, s | trace, kB | replay, s | plays |
| --- | --- | --- | --- | --- | --- |
"""
    for seconds_each, m in zip((*SIZES, CONFIRMED), (*sizes, confirmed), strict=True):
        yield (f"| {seconds_each} | {m.evaluations} | {m.seconds:.2f} | {m.bytes / 1000:.0f} | "
               f"{m.replay:.2f} | {m.plays} |\n")
    yield f"""
The first two give the model, the third confirms it:

| of | fixed | per evaluation | predicted for {predicted} | measured | off by |
| --- | --- | --- | --- | --- | --- |
"""
    for name, line, of, unit, scale in (
            ("recording", seconds, lambda m: m.seconds, "s", 1),
            ("trace", size, lambda m: m.bytes, "kB", 1000),
            ("replay", replay, lambda m: m.replay, "s", 1)):
        yield (f"| {name} | {line.fixed / scale:.3g} {unit} | {line.slope / scale:.3g} {unit} | "
               f"{line.at(predicted) / scale:.4g} {unit} | {of(confirmed) / scale:.4g} {unit} | "
               f"{deviation(line.at(predicted), of(confirmed))} |\n")
    rows = sum(confirmed.rows.values())
    yield f"""
So short a replay is mostly its start, so that little is known of what a play takes; `docs/speed.md`
has it at length. A row of the trace takes {confirmed.bytes / rows:.0f} bytes on average """
    yield f"({rows} rows: "
    yield ", ".join(f"{count} of {kind}" for kind, count in confirmed.rows.items())
    yield f""").

## A thousand cameras for a day

{SEGMENTS / 1e6:.1f} million segments. The whole grid is what `static`, the oracles and profilers
over it need; a scheme alone measures what it plays and its cheaper neighbour. GPU hours are those
of the DNN alone, at {confirmed.gflop_per_frame:.3g} GFLOP a frame, on the device profile `{GPU}`
({profile["forward_s_per_gflop"]:.3g} s for a GFLOP, modelled and not measured); the core hours
include the same work done on the processor.

| what is measured of each segment | core hours | trace, TB | GPU hours of the DNN |
| --- | --- | --- | --- |
"""
    for what, each in ((f"the grid of {configurations:.0f} values", configurations),
                       ("what one scheme plays, and a neighbour", 2)):
        hours, terabytes = scaled(seconds, size, each)
        yield (f"| {what} | {hours:,.0f} | {terabytes:.2f} | "
               f"{gpu_hours(confirmed.gflop_per_frame, each, profile):,.0f} |\n")
    plays = confirmed.plays / (CLIPS * CONFIRMED)
    yield f"""
To replay the {plays:.0f} plays of each segment (all schemes, nine prices) from the trace takes
{replay.at(SEGMENTS * configurations) / 3600:,.0f} core hours more, and no GPU. Shards share nothing
(`docs/sweeps.md`), so hours divide by the number of cores.
"""


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n\n")[0])
    parser.add_argument("program")
    parser.add_argument("--out", type=pathlib.Path, default=ROOT / "experiments/scale.md")
    options = parser.parse_args()
    program = str(pathlib.Path(options.program).resolve())
    profile = json.loads((ROOT / f"datasets/devices/{GPU}.json").read_text(encoding="utf-8"))
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        sizes = [Measured(program, folder, seconds) for seconds in SIZES]
        confirmed = Measured(program, folder, CONFIRMED)
    options.out.write_text("".join(page(sizes, confirmed, profile)), encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
