"""What schemes could save that know this or that, worked out of what measure.py wrote down.

    PYTHONPATH=tools /usr/bin/python3 experiments/beyond/lab.py OUT [SEGMENTS]

prints, for each idea, the saving of bandwidth over the best static value at equal accuracy: between
means over the clips, and clip by clip. The first tenth of each clip is left out. A scheme is a
function of what is known when a segment is sent; what it measures of a segment it knows afterwards.
"""

import sys
from pathlib import Path

import numpy as np

from saving_between import saving

WEIGHTS = np.logspace(-1.5, 1.5, 25)
ANCHORS = (0.9,)  # how far down the values the server measures


def load(folder, segments):
    clips = {}
    for file in sorted(Path(folder).glob("*.npz")):
        clip = {name: values[:segments] for name, values in np.load(file).items()}
        mean = clip["difference"].mean((2, 3))
        clip["beyond"] = np.sqrt(np.maximum(mean**2 - mean[:, :1] ** 2, 0))
        clip["more"] = mean - mean[:, :1]
        clips[file.stem] = clip
    return clips


def saved(points, base):
    """The saving in per cent; not a number where they share no accuracy."""
    found = saving(points, base, "straight")
    return 100 * found[0] if found else float("nan")


def means(clip, choice, start):
    rows = np.arange(start, len(choice))
    return (clip["bytes"][rows, choice[rows]].mean(), clip["accuracy"][rows, choice[rows]].mean())


def report(name, clips, scheme):
    played = {key: [] for key in clips}
    static = {key: [] for key in clips}
    for key, clip in clips.items():
        count = len(clip["accuracy"])
        start = max(5, count // 10)
        values = clip["accuracy"].shape[1]
        static[key] = [means(clip, np.full(count, v), start) for v in range(values)]
        for weight in WEIGHTS:
            played[key].append(means(clip, scheme(clip, weight), start))
    pooled = saved(*(np.mean([points[key] for key in clips], 0).tolist()
                     for points in (played, static)))
    each = "  ".join(f"{key} {saved(played[key], static[key]):5.1f}" for key in clips)
    print(f"{name:44s} {pooled:5.1f} %   {each}")


def price(clip, weight, t):
    """Of a byte, in accuracy: the weight is that of the mean reference so far."""
    return weight / (clip["usual"] if "usual" in clip else clip["bytes"][: t + 1, 0].mean())


def oracle(window):
    def scheme(clip, weight):
        choice = []
        for t in range(0, len(clip["accuracy"]), window):
            part = slice(t, t + window)
            objective = (clip["accuracy"][part].mean(0)
                         - price(clip, weight, len(choice)) * clip["bytes"][part].mean(0))
            choice += [int(objective.argmax())] * len(clip["accuracy"][part])
        return np.array(choice)
    return scheme


def past(window):
    """A free profiler: the mean accuracy of the last segments, and the bytes of this one."""
    def scheme(clip, weight):
        choice = [0]
        for t in range(1, len(clip["accuracy"])):
            known = clip["accuracy"][max(0, t - window):t].mean(0)
            choice.append(int((known - price(clip, weight, t) * clip["bytes"][t]).argmax()))
        return np.array(choice)
    return scheme


def scaled(feature="beyond", power=1.0, memory=0.6, prior=2.0, long_memory=0.99, seen=True,
           anchors=ANCHORS):
    """Loss is a scale times a difference; the scale is measured at cheap values, afterwards."""
    def scheme(clip, weight):
        values = clip["accuracy"].shape[1]
        places = [round(anchor * (values - 1)) for anchor in anchors]
        lost = per = long_lost = long_per = count = 0.0
        choice = []
        for t in range(len(clip["accuracy"])):
            shape = clip[feature][t] ** power
            if count:
                scale = (prior / count * long_lost + lost) / (prior / count * long_per + per)
                size = clip["bytes"][t] if seen else clip["bytes"][max(0, t - 5):t].mean(0)
                choice.append(int((-scale * shape - price(clip, weight, t) * size).argmax()))
            else:
                choice.append(0)
            tried = [place for place in places if place > choice[-1]]
            if tried:
                loss, at = (1 - clip["accuracy"][t, tried]).mean(), shape[tried].mean()
                lost, per = memory * lost + loss, memory * per + at
                long_lost, long_per = long_memory * long_lost + loss, long_memory * long_per + at
                count = long_memory * count + 1
        return np.array(choice)
    return scheme


def main():
    clips = load(sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else None)
    for window in (1, 5, 10, 30):
        report(f"oracle over {window}", clips, oracle(window))
    for window in (1, 3, 5, 10, 30):
        report(f"free profiler over {window}", clips, past(window))
    for power in (0.8, 0.9, 1.0, 1.1):
        report(f"scaled, power {power}", clips, scaled(power=power))
    for power in (0.5, 0.6, 0.7):
        report(f"scaled, D - D(reference), power {power}", clips, scaled("more", power))
    for memory in (0.0, 0.3, 0.8, 0.9):
        report(f"scaled, memory {memory}", clips, scaled(memory=memory))
    for prior in (0.5, 1.0, 4.0, 8.0):
        report(f"scaled, prior {prior}", clips, scaled(prior=prior))
    report("scaled, long memory alone", clips, scaled(memory=0.0, prior=1e6))
    report("scaled, bytes of the last five segments", clips, scaled(seen=False))
    for anchors in ((0.6,), (0.7,), (0.8,), (1.0,), (0.7, 0.9), (0.8, 1.0), (0.7, 0.8, 0.9, 1.0)):
        report(f"scaled, measured at {anchors}", clips, scaled(anchors=anchors))
    usual = np.mean([clip["bytes"][:, 0].mean() for clip in clips.values()])
    for clip in clips.values():
        clip["usual"] = usual
    report("oracle over 10, one price for a byte", clips, oracle(10))
    report("free profiler over 5, one price for a byte", clips, past(5))
    report("scaled, one price for a byte", clips, scaled())
    report("scaled, both", clips, scaled(anchors=(0.7, 0.8, 0.9, 1.0)))


main()
