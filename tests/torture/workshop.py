"""What a torture needs: tiny inputs, the program under limits, and what a run must look like."""

import json
import math
import os
import pathlib
import re
import resource
import shutil
import signal
import sqlite3
import struct
import subprocess
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
MODELS = ROOT / "datasets" / "models"
TIMEOUT_S = 300
DONE = 0
REFUSALS = {2, 3, 4, 5, 6}
TABLES = ("segments.csv", "summary.csv", "savings.csv")
PLAN = ["--scheme", "static,oracle,awstream", "--weights", "1", "--quiet"]
PICTURES = {"x264.mkv": ["-c:v", "libx264", "-qp", "20"],
            "x264.mp4": ["-c:v", "libx264", "-qp", "20"],
            "x264.ts": ["-c:v", "libx264", "-qp", "20"],
            "mpeg4.mp4": ["-c:v", "mpeg4", "-q:v", "3"],
            "ffv1.mkv": ["-c:v", "ffv1", "-level", "3", "-slicecrc", "1"]}
SOUNDS = {"pcm.wav": [], "lossless.flac": [], "opus.ogg": ["-c:a", "libopus", "-b:a", "24k"]}
SWEEPS = ("bin", "ascii.pcd", "binary.pcd", "packed.pcd")


class FailureError(Exception):
    """The program did what it must never do."""


class HangError(FailureError):
    """The program did not end."""


class Ran:
    """How a run of the program ended."""

    def __init__(self, arguments, code, errors):
        self.arguments, self.code, self.errors = arguments, code, errors

    def fail(self, problem):
        raise FailureError(f"{problem}\n  {' '.join(map(str, self.arguments))}\n"
                           f"  exit {self.code}: {self.errors.strip()[:600]}")

    def check(self, refusals=REFUSALS):
        """Done, or refused with a documented code and one line. Returns whether it is done."""
        if "internal error" in self.errors:
            self.fail("an internal error")
        if self.code == DONE:
            return True
        if self.code < 0:
            self.fail(f"ended by {signal.Signals(-self.code).name}")
        lines = self.errors.splitlines()
        if self.code not in refusals:
            self.fail("neither done nor refused with a code that fits")
        if len(lines) != 1 or not lines[0].startswith("oneadapt-sim: "):
            self.fail("refused, but not with one line of the program's")
        return False


class Workshop:
    """A folder of tiny inputs, and the undisturbed results of the run that is tortured."""

    def __init__(self, build, folder):
        self.program, self.reader = build / "oneadapt-sim", build / "torture-read"
        self.folder = folder
        self.make_inputs()
        self.trace = folder / "whole.trace"
        self.record_s = self.timed(["record", *self.plan(self.trace)])
        self.replay_s = self.timed([*self.plan(self.trace), "--out", folder / "whole"])
        self.results = self.tables(folder / "whole")
        self.must([*self.plan(self.trace), "--weights", "2", "--out", folder / "older"])
        self.older = self.tables(folder / "older")
        self.halves = [folder / "a.trace", folder / "b.trace"]
        for half, values in zip(self.halves, ("qp=30", "qp=40"), strict=True):
            self.must(["record", *self.plan(half, values)])
        self.merge_s = self.timed(["merge", folder / "all.trace", *self.halves])
        self.whole = {name: self.read(kind, [folder / name])[0]
                      for name, kind in self.recordings().items()}

    def plan(self, trace, values="qp=30,40"):
        return ["--clip", "x264.mkv", "--trace", trace, "--values", values, *PLAN]

    @staticmethod
    def recordings():
        """By name, the kinds of medium."""
        return {**dict.fromkeys(PICTURES, "video"), **dict.fromkeys(SOUNDS, "audio"),
                **dict.fromkeys(SWEEPS, "lidar")}

    def make_inputs(self):
        def ffmpeg(source, *options):
            subprocess.run(["ffmpeg", "-v", "error", "-f", "lavfi", "-i", source, *options],
                           check=True, cwd=self.folder)
        for name, options in PICTURES.items():
            ffmpeg("testsrc2=size=64x64:rate=10:duration=2", *options, "-pix_fmt", "yuv420p", name)
        for name, options in SOUNDS.items():
            ffmpeg("sine=frequency=300:sample_rate=16000:duration=8", *options, name)
        for kind in SWEEPS:
            (self.folder / kind).mkdir()
            for i in range(2):
                file = self.folder / kind / f"{i}.{kind.rpartition('.')[2]}"
                file.write_bytes(sweep_bin(i) if kind == "bin" else sweep_pcd(i, kind))
        for name in ("street-n.pt", "street-n.json"):
            shutil.copy(MODELS / name, self.folder)
        shutil.copy(ROOT / "datasets" / "devices" / "default.json", self.folder / "profile.json")
        (self.folder / "link.csv").write_text("seconds,mbps\n0,2\n5,1\n10,0\n")
        (self.folder / "mahimahi").write_text("".join(f"{i}\n" for i in range(4, 400, 6)))
        labels = {"format": "oneadapt-labels-1", "width": 64, "height": 64, "fps": 10,
                  "classes": ["car"],
                  "frames": [[{"class": "car", "box": [i, 2, i + 30, 40]}] for i in range(20)]}
        clips = {"name": "d", "clips": [{"name": "clip", "file": "x264.mkv", "start": 0,
                                         "labels": "labels.json"}]}
        spec = {"clips": ["x264.mkv"], "schemes": ["static", "oracle", "awstream"], "weights": [1],
                "values": {"qp": [30, 40]}, "link": 2, "warmup": 0, "weight_gpu": 0.5,
                "settings": {"awstream": {"probe-every": 10}}}
        for name, content in (("labels", labels), ("dataset", clips), ("spec", spec)):
            (self.folder / f"{name}.json").write_text(json.dumps(content))

    def start(self, arguments, limits=(), program=None):
        def prepare():
            for limit, value in limits:
                resource.setrlimit(limit, (value, value))
        # OpenBLAS's threads wait for ever for memory that they do not get.
        environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1"} if limits else None
        return subprocess.Popen([program or self.program, *map(str, arguments)], env=environment,
                                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                stderr=subprocess.PIPE, cwd=self.folder,
                                preexec_fn=prepare if limits else None)

    def finish(self, process, patience_s=TIMEOUT_S):
        try:
            errors = process.communicate(timeout=patience_s)[1]
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
            raise HangError(f"hangs: {' '.join(map(str, process.args))}") from None
        return Ran(process.args[1:], process.returncode, errors.decode(errors="replace"))

    def run(self, arguments, limits=(), patience_s=TIMEOUT_S):
        return self.finish(self.start(arguments, limits), patience_s)

    def must(self, arguments):
        ran = self.run(arguments)
        if not ran.check():
            ran.fail("an undisturbed run was refused")

    def timed(self, arguments):
        start = time.monotonic()
        self.must(arguments)
        return time.monotonic() - start

    def kill(self, arguments, after_s, once=None):
        """Kills a run so long after its start, or after a file of the name pattern `once` is there,
        unless it has ended. Returns whether it was killed."""
        process = self.start(arguments)
        if once:
            while process.poll() is None and not any(once.parent.glob(once.name)):
                pass
        try:
            errors = process.communicate(timeout=after_s)[1]
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
            return True
        ran = Ran(process.args[1:], process.returncode, errors.decode(errors="replace"))
        if not ran.check():
            ran.fail("an undisturbed run was refused")
        return False

    def read(self, kind, recordings):
        """What the readers make of each: a list of (hash, frames) of its segments, or None for one
        that is refused. All are read twice."""
        process = self.start([kind, *recordings, *recordings], program=self.reader)
        try:
            out, errors = process.communicate(timeout=TIMEOUT_S)
        except subprocess.TimeoutExpired:
            process.kill()
            out, errors = process.communicate()
        lines = out.decode(errors="replace").splitlines()
        if process.returncode != 0 or len(lines) != 2 * len(recordings):
            ran = Ran([kind, *recordings], process.returncode, errors.decode(errors="replace"))
            ran.fail(f"the reader ended at {(2 * recordings)[len(lines)]}")
        first, again = lines[:len(recordings)], lines[len(recordings):]
        for file, line, second in zip(recordings, first, again, strict=True):
            if line != second:
                raise FailureError(f"{file} is read as two things:\n  {line}\n  {second}")
            if not line.startswith(("read", "3 ")):
                raise FailureError(f"{file}: {line}")
        return [segments(line) for line in first]

    def tables(self, out):
        return {name: (out / name).read_bytes() for name in TABLES}

    def same(self, out, expected=None):
        if self.tables(out) != (expected or self.results):
            raise FailureError(f"{out} holds other numbers than an undisturbed run's")

    def replays_right(self, trace, out):
        """The same command, undisturbed, on what is left: the right numbers."""
        check_integrity(trace)
        self.must([*self.plan(trace), "--out", out])
        self.same(out)
        check_integrity(trace)


def segments(line):
    if not line.startswith("read"):
        return None
    pairs = (word.split(":") for word in line.split()[1:])
    return [(digest, int(frames)) for digest, frames in pairs]


def check_integrity(trace):
    """On a copy: to look is to take over the log of a killed writer, which the program must do."""
    if not trace.exists() or trace.stat().st_size == 0:
        return
    copy = trace.with_name("looked-at")
    for part in ("", "-wal"):
        if trace.with_name(trace.name + part).exists():
            shutil.copy(trace.with_name(trace.name + part), f"{copy}{part}")
    database = sqlite3.connect(copy)
    verdict = database.execute("PRAGMA integrity_check").fetchone()[0]
    database.close()
    for rest in copy.parent.glob("looked-at*"):
        rest.unlink()
    if verdict != "ok":
        raise FailureError(f"{trace}: integrity_check says {verdict}")


def check_finite(out):
    """Numbers of an input nobody made before cannot be known; that they are numbers can."""
    for name in TABLES:
        found = re.search(rb"(?<![\w.])-?(nan|inf)(?![\w.])", (out / name).read_bytes())
        if found:
            raise FailureError(f"{out / name} holds '{found[0].decode()}'")


def points(number):
    for i in range(120):
        angle = 0.05 * i
        yield (8 + math.cos(angle) + number, 3 * math.sin(angle), -1 + 0.005 * i, 0.5)


def sweep_bin(number):
    return b"".join(struct.pack("<4f", *point) for point in points(number))


def sweep_pcd(number, kind):
    data = {"ascii.pcd": "ascii", "binary.pcd": "binary", "packed.pcd": "binary_compressed"}[kind]
    header = ("VERSION .7\nFIELDS x y z intensity\nSIZE 4 4 4 4\nTYPE F F F F\nCOUNT 1 1 1 1\n"
              "WIDTH 120\nHEIGHT 1\nVIEWPOINT 0 0 0 1 0 0 0\nPOINTS 120\n"
              f"DATA {data}\n").encode()
    if data == "ascii":
        lines = (" ".join(f"{value:g}" for value in point) for point in points(number))
        return header + "".join(f"{line}\n" for line in lines).encode()
    if data == "binary":
        return header + sweep_bin(number)
    columns = b"".join(struct.pack("<120f", *column)
                       for column in zip(*points(number), strict=True))
    # LZF without matches: runs of up to 32 bytes as they are.
    runs = (columns[i:i + 32] for i in range(0, len(columns), 32))
    packed = b"".join(bytes([len(run) - 1]) + run for run in runs)
    return header + struct.pack("<II", len(packed), len(columns)) + packed
