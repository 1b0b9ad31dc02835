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
import os
import pathlib
import random
import resource
import shutil
import subprocess
import sys
import tempfile
import time

import workshop
from damage import cut, damaged, hostile
from workshop import FailureError, HangError, Workshop, check_finite, check_integrity


def moment(rng, typical_s, file, rest):
    """When to kill: at any moment of a run, or while it does the rest, a share of its time, after
    it has begun to write a file."""
    if rng.random() < 0.5:
        return rng.uniform(0, typical_s), None
    return rng.uniform(0, rest * typical_s), file


def killed_record(shop, rng, folder):
    """kill -9 while measuring, several times over: what was measured is kept, and is right."""
    trace = folder / "t.trace"
    command = ["record", *shop.plan(trace), "--jobs", rng.choice("12")]
    killed = 0
    for _ in range(rng.randint(1, 3)):
        killed += shop.kill(command, *moment(rng, shop.record_s, folder / "t.trace-wal", 0.5))
    shop.replays_right(trace, folder / "out")
    return {"kills": killed}


def killed_replay(shop, rng, folder):
    """kill -9 while results are written: the older results or the newer ones, whole."""
    trace, out = folder / "t.trace", folder / "out"
    shutil.copy(shop.trace, trace)
    killed = 0
    for _ in range(8):
        older = rng.random() < 0.7
        shutil.rmtree(out, ignore_errors=True)
        if older:
            shutil.copytree(shop.folder / "older", out)
        command = [*shop.plan(trace), "--out", out]
        killed += shop.kill(command, *moment(rng, shop.replay_s, folder / ".out.partial-*", 0.05))
        if out.exists():
            shop.same(out, shop.older if older and shop.tables(out) == shop.older else None)
        elif older:
            raise FailureError(f"{out}: the older results are gone, and no newer ones are there")
    shop.replays_right(trace, out)
    return {"kills": killed}


def killed_merge(shop, rng, folder):
    """kill -9 while merging: the same merge again ends it."""
    trace = folder / "t.trace"
    if rng.random() < 0.5:
        shutil.copy(shop.halves[0], trace)
    killed = 0
    for _ in range(8):
        killed += shop.kill(["merge", trace, *shop.halves],
                            *moment(rng, shop.merge_s, folder / "t.trace-wal", 0.5))
        check_integrity(trace)
        if rng.random() < 0.3:
            for part in folder.glob("t.trace*"):
                part.unlink()
    shop.must(["merge", trace, *shop.halves])
    shop.must([*shop.plan(trace), "--offline", "--out", folder / "out"])
    shop.same(folder / "out")
    return {"kills": killed}


def crowd(shop, rng, folder):
    """Two to four writers on one trace, and a reader beside them."""
    trace = folder / "t.trace"
    if rng.random() < 0.3:
        shutil.copy(shop.trace, trace)
    writers = [shop.start([*shop.plan(trace), "--out", folder / f"out{i}", "--jobs", "1"])
               for i in range(rng.randint(2, 4))]
    time.sleep(rng.uniform(0, 2 * shop.record_s))
    reader = shop.run([*shop.plan(trace), "--offline", "--out", folder / "read"])
    for i, writer in enumerate(writers):
        ran = shop.finish(writer)
        if not ran.check():
            ran.fail("one of several writers was refused")
        shop.same(folder / f"out{i}")
    if reader.check({5}):
        shop.same(folder / "read")
    check_integrity(trace)
    return {"processes": len(writers) + 1}


@contextlib.contextmanager
def small_disk(folder, size):
    """Whether a file system of that size could be mounted there, while it is."""
    mount = ["mount", "-t", "tmpfs", "-o", f"size={size}", "none", folder]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True).returncode != 0:
        yield False
        return
    try:
        yield True
    finally:
        subprocess.run(["umount", "-l", folder], check=True)


def full_disk(shop, rng, folder):
    """No room for trace and results: said, and what was measured goes on where there is room."""
    disk = folder / "disk"
    disk.mkdir()
    size = int(4096 * 2 ** rng.uniform(2, 7))
    with small_disk(disk, size) as mounted:
        limits = () if mounted and rng.random() < 0.7 else ((resource.RLIMIT_FSIZE, size // 2),)
        ran = shop.run([*shop.plan(disk / "t.trace"), "--out", disk / "out"], limits)
        done = ran.check({6})
        if done:
            shop.same(disk / "out")
        elif (disk / "out").exists():
            ran.fail("results of a run that failed")
        for kept in disk.glob("t.trace*"):
            shutil.copy(kept, folder)
    shop.replays_right(folder / "t.trace", folder / "out")
    return {"small" if mounted else "limited": 1, "done" if done else "refused": 1}


def least_memory(shop):
    """The address space that the program and its libraries need to say their version."""
    if not hasattr(shop, "least"):
        low, high = 1 << 24, 1 << 33
        while high - low > 1 << 22:
            middle = (low + high) // 2
            ran = shop.run(["--version"], ((resource.RLIMIT_AS, middle),))
            low, high = (low, middle) if ran.code == 0 else (middle, high)
        shop.least = high
    return shop.least


def starved_libraries(shop, command, limits):
    try:
        return "done" if shop.run(command, limits, patience_s=30).code == 0 else "gave up"
    except HangError:
        return "gave up"


def starved(shop, rng, folder):
    """Few file descriptors, or little memory: the right numbers or one line that says so.

    Libraries that measure (oneDNN, x264) fall over when they get no memory, or say so themselves;
    what is left must be whole even then.
    """
    trace, out = folder / "t.trace", folder / "out"
    warm = rng.random() < 0.5
    if warm:
        shutil.copy(shop.trace, trace)
    short_of_memory = rng.random() < 0.5
    if short_of_memory:
        limits = ((resource.RLIMIT_AS, int(least_memory(shop) * rng.uniform(1.05, 12))),)
    else:
        limits = ((resource.RLIMIT_NOFILE, rng.randint(5, 40)),)
    command = [*shop.plan(trace), "--out", out, "--jobs", "1"]
    if short_of_memory and not warm:
        outcome = starved_libraries(shop, command, limits)
    else:
        done = shop.run(command, limits).check({1, *workshop.REFUSALS})
        outcome = "done" if done else "refused"
    if outcome == "done":
        shop.same(out)
    shop.replays_right(trace, out)
    return {outcome: 1}


def damaged_trace(shop, rng, folder):
    """The right numbers, or no; and a damaged trace does no harm to the one it is merged into."""
    counts = collections.Counter()
    for i in range(10):
        trace, out = folder / f"{i}.trace", folder / f"out{i}"
        trace.write_bytes(damaged(rng, shop.trace.read_bytes()))
        way = rng.random()
        if way < 0.1:
            ran = shop.run([*shop.plan(trace), "--out", out])
        elif way < 0.8:
            ran = shop.run([*shop.plan(trace), "--offline", "--out", out])
        else:
            whole = folder / f"{i}.whole"
            shutil.copy(shop.trace, whole)
            shop.run(["merge", whole, trace]).check({5, 6})
            check_integrity(whole)
            ran = shop.run([*shop.plan(whole), "--offline", "--out", out])
        if ran.check({5, 6}):
            shop.same(out)
            counts["right"] += 1
        elif way >= 0.8:
            ran.fail("a damaged trace spoils the one that it is merged into")
        else:
            counts["refused"] += 1
    return {"inputs": 10, **counts}


def begins(read, whole, late):
    """Whether a cut-off recording is read as the whole one's beginning, but for its last frames."""
    end, there = 0, sum(frames for _, frames in read)
    for segment, expected in zip(read, whole, strict=False):
        end += segment[1]
        if end + late <= there and segment != expected:
            return False
    return len(read) <= len(whole)


def damaged_recording(shop, rng, folder):
    """Read alike twice; what is cut off and read is the beginning of the whole."""
    name, kind = rng.choice(sorted(shop.recordings().items()))
    counts, files, cuts = collections.Counter(), [], []
    for i in range(40):
        file = folder / f"{i}-{name}"
        cuts.append(kind != "lidar" and rng.random() < 0.3)
        if kind == "lidar":
            shutil.copytree(shop.folder / name, file)
            hurt = rng.choice(sorted(file.iterdir()))
        else:
            hurt = file
            shutil.copy(shop.folder / name, file)
        hurt.write_bytes((cut if cuts[-1] else damaged)(rng, hurt.read_bytes()))
        files.append(file)
    whole = shop.whole[name]
    # A container without an index cannot say that B-frames are missing, which come after the
    # picture that they precede; the last stretch of a sound may end early.
    late = 5 if kind == "video" else 1
    for file, was_cut, read in zip(files, cuts, shop.read(kind, files), strict=True):
        counts["refused" if read is None else "right" if read == whole else "other"] += 1
        if read and was_cut and not begins(read, whole, late):
            raise FailureError(f"{file} is cut off, and read as another recording: {read}")
    return {"inputs": len(files), **counts}


def twice(shop, arguments, folder, refusals):
    """Two runs say the same: the same numbers, or no. They say no numbers that are none."""
    first = shop.run([*arguments, "--trace", folder / "0.trace", "--out", folder / "0"])
    if not first.check(refusals):
        return "refused"
    check_finite(folder / "0")
    again = shop.run([*arguments, "--trace", folder / "1.trace", "--out", folder / "1"])
    if not again.check(refusals):
        again.fail("refused the second time")
    if shop.tables(folder / "0") != shop.tables(folder / "1"):
        first.fail("two runs, two results")
    return "read"


def damaged_clip(shop, rng, folder):
    """As damaged_recording, through a whole run."""
    name, kind = rng.choice(sorted(shop.recordings().items()))
    task = {"video": ["--values", "qp=40"], "audio": ["--task", "transcribe"],
            "lidar": ["--task", "lidar", "--values", "lidar-bits=8"]}[kind]
    file = folder / name
    if kind == "lidar":
        shutil.copytree(shop.folder / name, file)
        hurt = rng.choice(sorted(file.iterdir()))
    else:
        hurt = shutil.copy(shop.folder / name, file)
    hurt = pathlib.Path(hurt)
    hurt.write_bytes(damaged(rng, hurt.read_bytes()))
    arguments = [*task, "--clip", file, "--scheme", "static", "--weights", "1", "--quiet"]
    return {"inputs": 1, twice(shop, arguments, folder, {3}): 1}


def damaged_model(shop, rng, folder):
    """A model that still loads may say anything, but says it without falling over."""
    model = folder / "mine.pt"
    model.write_bytes(damaged(rng, (shop.folder / "street-n.pt").read_bytes()))
    ran = shop.run(["--model", model, "--sidecar", "street-n.json",
                    *shop.plan(folder / "t.trace", "qp=40"), "--out", folder / "out"])
    return {"inputs": 1, "read" if ran.check({4}) else "refused": 1}


ON_CLIP = ["--clip", "x264.mkv", "--values", "qp=30,40", *workshop.PLAN]
ON_DATASET = ["--values", "qp=30,40", *workshop.PLAN]
TEXTS = {
    "profile.json": ["--profile", "{}", *ON_CLIP],
    "link.csv": ["--link", "{}", *ON_CLIP],
    "mahimahi": ["--downlink", "{}", *ON_CLIP],
    "street-n.json": ["--sidecar", "{}", *ON_CLIP],
    "spec.json": ["run", "{}", "--quiet"],
    "dataset.json": ["--dataset", "{}", *ON_DATASET],
    "labels.json": ["--dataset", "{dataset}", "--score", "labels", *ON_DATASET],
}


def spelled(name, folder):
    """The command that reads the text of that name in the folder."""
    return [argument.replace("{}", str(folder / name))
            .replace("{dataset}", str(folder / "dataset.json")) for argument in TEXTS[name]]


def damaged_text(shop, rng, folder):
    """JSON, CSV and Mahimahi, damaged or with values that no one means, over a whole trace."""
    name = rng.choice(sorted(TEXTS))
    whole = (shop.folder / name).read_text()
    counts = collections.Counter()
    for i in range(10):
        there = folder / str(i)
        there.mkdir()
        wrong = hostile(rng, whole).encode() if rng.random() < 0.5 else damaged(rng, whole.encode())
        for other in ("dataset.json", "labels.json", "x264.mkv"):
            (there / other).symlink_to(shop.folder / other)
        (there / name).unlink(missing_ok=True)
        (there / name).write_bytes(wrong)
        for trace in ("0.trace", "1.trace"):
            (there / trace).symlink_to(shop.trace)
        arguments = [*spelled(name, there), "--offline"]
        counts[twice(shop, arguments, there, {2, 3, 4, 5})] += 1
    return {"inputs": 10, **counts}


OPTIONS = ["--weights {}", "--weights 1,{}", "--weight-gpu {}", "--warmup {}", "--link {}",
           "--downlink {}", "--slowdown {}", "--idle-power {}", "--link markov:8,{},20,5,1",
           "--slowdown markov:{},2,20,{},1", "--idle-power markov:9,2,{},5,{}",
           "--set awstream.probe-every={}", "--set awstream.bandwidth-drift={}",
           "--set awstream.congestion={} --link 1", "--values qp={}", "--values qp=30,{}",
           "--fps {}", "--size {}x64", "--segment-frames {}", "--start {}", "--duration {}",
           "--jobs {}", "--intensity-max {}", "--knob {}", "--scheme {}", "--score {}",
           "--device {}", "--preset {}", "--codec {}", "--task {}", "--clip {}"]
VALUES = ["1e308", "-1e308", "1e-308", "5e-324", "-1", "0", "-0", "nan", "inf", "1e999", "1e9",
          "1e-9", "1e6", "0.3", "9223372036854775807", "99999999999999999999", "2147483648", "",
          " ", "\n", "0x10", "1e", "1,1", "%s", "\u00e9", "=", "markov:", "a" * 5000]


def hostile_option(shop, rng, folder):
    """A value that no one means on the command line, over a whole trace."""
    counts = collections.Counter()
    for i in range(10):
        there = folder / str(i)
        there.mkdir()
        for trace in ("0.trace", "1.trace"):
            (there / trace).symlink_to(shop.trace)
        words = rng.choice(OPTIONS).split()
        given = [word.replace("{}", rng.choice(VALUES)) for word in words]
        # A later list goes on from an earlier one, and other options may be given once.
        plan = [*ON_CLIP]
        if words[0] in plan:
            at = plan.index(words[0])
            del plan[at:at + 2]
        arguments = [*plan, *given, "--offline"]
        counts[twice(shop, arguments, there, {2, 3, 4, 5})] += 1
    return {"values": 10, **counts}


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
