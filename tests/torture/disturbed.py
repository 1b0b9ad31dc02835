"""Trials in which a run is killed, shares what it writes, or has too little disk or memory.

Each takes the workshop, random numbers and an empty folder; torture.py says when one has failed.
"""

import contextlib
import os
import resource
import shutil
import subprocess
import time

import workshop
from workshop import FailureError, HangError, check_integrity


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
