"""Trials in which what a run reads is damaged, or what it is told is hostile.

Each takes the workshop, random numbers and an empty folder; torture.py says when one has failed.
"""

import collections
import pathlib
import shutil

import workshop
from damage import cut, damaged, hostile
from workshop import FailureError, check_finite, check_integrity


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
