#!/usr/bin/python3
"""Writes the scene files of the long streams, and the manifests that name them.

A stream is a row of episodes of 20 to 60 s (LiDAR: 15 to 40 s), each of one kind, drawn like cards:
no kind comes again before all others of its stream have been, nor twice running. What the kind says
of traffic, weather, light and camera holds from four seconds after an episode's start to its end,
with straight lines between. Everything random follows from the names of the set and of the stream,
by SHA-256. tools/long_kinds.py has the kinds.

Example: tools/long_scenes.py             write datasets/ anew
         tools/long_scenes.py --check     exit code 1 where datasets/ holds anything else
         tools/long_scenes.py --episodes  say when each episode of each stream starts
"""

import argparse
import hashlib
import itertools
import json
import pathlib
import sys

import long_kinds

DATASETS = pathlib.Path(__file__).resolve().parent.parent / "datasets"
SETS = ("long", "long-validation", "long-test")
EASE = 4  # seconds from one episode's values to the next one's
DRAWN = ("traffic", "pedestrians")  # what is not quite the same in two episodes of a kind
CAMERA = ("fov", "height", "pitch", "yaw", "speed")  # a scene has these in its camera
APPROACH = 9  # metres per second at which a dashcam comes to a red light


class Draw:
    """Random numbers that follow from a text alone, whatever the version of Python."""

    def __init__(self, text):
        self.text = text
        self.count = 0

    def unit(self):
        self.count += 1
        digest = hashlib.sha256(f"{self.text}/{self.count}".encode()).digest()
        return int.from_bytes(digest[:6], "big") / 2**48

    def between(self, low, high):
        return low + (high - low) * self.unit()

    def pick(self, items):
        return items[int(self.unit() * len(items))]


def durations(draw, total, shortest, longest):
    """Whole seconds between two limits that add up to `total`."""
    count = round(total / (0.55 * shortest + 0.45 * longest))
    while True:
        drawn = [round(draw.between(shortest, longest)) for _ in range(count - 1)]
        if shortest <= total - sum(drawn) <= longest:
            return [*drawn, total - sum(drawn)]


def episodes_of(draw, stream):
    """(start, seconds, kind) of each episode of a stream."""
    rows, pack, start = [], [], 0
    for seconds in durations(draw, stream.seconds, *stream.episode):
        last = rows[-1][2] if rows else None
        pack = pack or [kind for kind in stream.kinds if kind != last]
        kind = draw.pick(pack) if rows or not stream.first else stream.first
        pack.remove(kind)
        rows.append((start, seconds, kind))
        start += seconds
    return rows


def steps(rows, values):
    """A curve that holds each episode's value once its first seconds are over."""
    points = [(0, values[0])]
    for (start, _, _), before, value in zip(rows[1:], values, values[1:], strict=False):
        points += [(start, before), (start + EASE, value)]
    return points


def way(points):
    """How far a camera of that speed has come at the last point."""
    return sum((t1 - t0) * (v0 + v1) / 2
               for (t0, v0), (t1, v1) in itertools.pairwise(points))


def drive(rows, values):
    """The speed of a dashcam, which stops for a red light where a side street is."""
    points = [(0, values[0])]
    for (start, _, kind), before, value in zip(rows[1:], values, values[1:], strict=False):
        points.append((start, before))
        if kind == "red light":
            points.append((start + EASE / 2, APPROACH))
            braked = way(points) + APPROACH * EASE / 2
            left = (long_kinds.JUNCTION - long_kinds.STOP_LINE - braked) % long_kinds.BLOCK
            points.append((points[-1][0] + max(left, 0.9) / APPROACH, APPROACH))
        points.append((points[-1][0] + EASE, value))
    return points


def rounded(value, digits):
    """A number as one would write it: whole ones without a point."""
    value = round(value, digits)
    return int(value) if value == int(value) else value


def written(points):
    """A curve as a scene file has it: a number where it is constant, no point that says nothing."""
    kept = []
    for seconds, value in points:
        point = [rounded(seconds, 2), rounded(value, 3)]
        if len(kept) > 1 and kept[-2][1] == kept[-1][1] == point[1]:
            kept.pop()
        kept.append(point)
    return kept if any(value != kept[0][1] for _, value in kept) else kept[0][1]


def hour(stream, rows):
    """The light that the time of day gives to each episode."""
    if not stream.dawn:
        return [1.0] * len(rows)
    day = [max(start / rows[-1][0] - 0.25, 0) / 0.75 for start, _, _ in rows]
    return [0.24 + 0.76 * share**1.5 for share in day]


def curves_of(draw, stream, rows):
    """Each value of the stream over time."""
    curves = {}
    light = hour(stream, rows)
    for key, usual in stream.usual.items():
        values = [stream.kinds[kind].get(key, usual) for _, _, kind in rows]
        if key in DRAWN:
            values = [min(value * draw.between(0.85, 1.15), 1) for value in values]
        if key == "light":
            values = [value * share for value, share in zip(values, light, strict=True)]
        moving = stream.camera == "dashcam" and key == "speed"
        points = drive(rows, values) if moving else steps(rows, values)
        curves[key] = written(points)
    return curves


def events_of(stream, rows):
    """What comes again and again while an episode lasts."""
    events = []
    for start, seconds, kind in rows:
        settled = EASE + (10 if stream.camera == "dashcam" and start else 0)
        for name, every, lasts, ahead, count in stream.kinds[kind].get("events", ()):
            for at in range(start + settled, start + seconds - lasts + 1, every):
                events.append({"kind": name, "start": at, "seconds": lasts, "distance": ahead,
                               "count": count})
    return events


def camera_of(draw, stream):
    """Where the camera stands, and the hour: these differ from set to set."""
    camera = {"kind": stream.camera, "x": -4, "shake": 0.4}
    if stream.camera == "fixed":
        side = draw.pick((-1, 1))
        camera |= {"x": round(side * draw.between(3, 6), 1), "shake": 0.5,
                   "height": round(draw.between(6, 8), 1), "yaw": round(-side * draw.between(5, 9))}
    elif stream.camera == "dashcam":
        camera |= {"x": 4.95, "fov": round(draw.between(58, 66)), "shake": 0.6, "height": 1.5,
                   "pitch": 2}
    else:
        camera |= {"x": round(draw.between(-5, 0), 1), "fov": round(draw.between(55, 62))}
    return camera


def seed_of(part, stream):
    """The scene's own seed."""
    take = long_kinds.TAKES.get((part, stream.name), 1)
    return int(Draw(f"{part}/{stream.name}/take {take}").between(1e6, 2e9))


def street(part, draw, stream, rows):
    """The scene of a street."""
    scene = {"seed": seed_of(part, stream), "camera": camera_of(draw, stream),
             "size": [640, 384], "fps": 10, "seconds": stream.seconds,
             "lanes": 3 if stream.camera == "dashcam" else 2}
    if stream.camera == "dashcam":
        scene["own_lane"] = False  # who drives before the camera would be there all the time
    for key, curve in curves_of(draw, stream, rows).items():
        (scene["camera"] if key in CAMERA else scene)[key] = curve
    scene["sun_azimuth"] = round(draw.between(-150, 150))
    scene["sun_elevation"] = round(draw.between(30, 55))
    scene["noise"] = 0.004
    if events := events_of(stream, rows):
        scene["events"] = events
    if rides := [{"start": start + EASE, "seconds": seconds - 2 * EASE}
                 for start, seconds, kind in rows if kind == "tunnel"]:
        scene["tunnels"] = rides
    return scene


def speech(part, draw, stream, rows):
    """The scene of a recording."""
    scene = {"name": stream.name, "seed": seed_of(part, stream), "seconds": stream.seconds,
             "slot_seconds": 4, "digits": [3, 6], "commands": 0.5, "voices": "any", "noise": []}
    for start, _, kind in rows:
        noise, below = stream.kinds[kind]
        level = round(below + draw.between(-2, 2), 1)
        scene["noise"].append({"start": start, "kind": noise, "snr_db": level})
    return scene


def made(part, stream):
    """The episodes and the scene of a stream of a set."""
    draw = Draw(f"{part}/{stream.name}")
    rows = episodes_of(draw, stream)
    return rows, (speech if stream.camera == "speech" else street)(part, draw, stream, rows)


def text_of(value, depth=0):
    """JSON as the other files of datasets/ are laid out: what fits a line stands on one."""
    flat = json.dumps(value)
    if depth > 0 and len(flat) + 4 * depth < 92:
        return flat
    pad, end = "    " * (depth + 1), "    " * depth
    if isinstance(value, dict):
        rows = [f"{json.dumps(key)}: {text_of(item, depth + 1)}" for key, item in value.items()]
        return "{\n" + ",\n".join(pad + row for row in rows) + f"\n{end}}}"
    if isinstance(value[0], dict):
        return "[\n" + ",\n".join(pad + json.dumps(item) for item in value) + f"\n{end}]"
    lines = [pad + json.dumps(value[0])]
    for item in map(json.dumps, value[1:]):
        if len(lines[-1]) + len(item) < 94:
            lines[-1] += f", {item}"
        else:
            lines[-1] += ","
            lines.append(pad + item)
    return "[\n" + "\n".join(lines) + f"\n{end}]"


# Manifests: what follows the set's name, kind of the clips, what follows the clip's name, labels.
MANIFESTS = (
    ("street-{}", "video", ".mkv", ".labels.json"),
    ("street-infrared-{}", "infrared", "-infrared.mkv", "-infrared.labels.json"),
    ("street-depth-{}", "depth", "-depth.mkv", "-depth.labels.json"),
    ("street-segment-{}", "video", ".mkv", "-classes.mkv"),
    ("street-lidar-{}", "lidar", "", ".labels.json"),
    ("speech-{}", "audio", ".flac", ".labels.json"),
)


def streams_for(kind):
    """The streams that a kind of clip is recorded from."""
    fits = {"lidar": lambda stream: stream.lidar, "audio": lambda stream: stream.camera == "speech"}
    street_camera = lambda stream: not stream.lidar and stream.camera != "speech"
    return [stream for stream in long_kinds.STREAMS if fits.get(kind, street_camera)(stream)]


def manifest(part, name, kind, ending, labels):
    """A dataset of one set's clips."""
    clips = [{"name": stream.name.removeprefix("lidar-").removeprefix("speech-"), "kind": kind,
              "file": f"clips/{part}-{stream.name}{ending}",
              "scene": f"scenes/{part}/{stream.name}.json",
              "labels": f"clips/{part}-{stream.name}{labels}"} for stream in streams_for(kind)]
    return {"name": name, "clips": clips}


def files():
    """Every file, by its path in datasets/."""
    texts = {}
    for part in SETS:
        for stream in long_kinds.STREAMS:
            texts[f"scenes/{part}/{stream.name}.json"] = text_of(made(part, stream)[1]) + "\n"
        for form, kind, ending, labels in MANIFESTS:
            name = form.format(part)
            content = manifest(part, name, kind, ending, labels)
            texts[f"{name}.json"] = json.dumps(content, indent=4) + "\n"
    return texts


def check():
    """Names the files that differ from what would be written."""
    bad = [name for name, text in files().items()
           if not (DATASETS / name).is_file() or (DATASETS / name).read_text("utf-8") != text]
    for name in bad:
        print(f"datasets/{name}: is not what tools/long_scenes.py writes", file=sys.stderr)
    return 1 if bad else 0


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="compare, and write nothing")
    parser.add_argument("--episodes", action="store_true", help="print them, and write nothing")
    args = parser.parse_args()
    if args.check:
        return check()
    if args.episodes:
        for part in SETS:
            for stream in long_kinds.STREAMS:
                rows = ", ".join(f"{start} {kind}" for start, _, kind in made(part, stream)[0])
                print(f"{part}/{stream.name}: {rows}")
        return 0
    for name, text in files().items():
        (DATASETS / name).parent.mkdir(parents=True, exist_ok=True)
        (DATASETS / name).write_text(text, "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
