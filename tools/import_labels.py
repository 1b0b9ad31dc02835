#!/usr/bin/python3
r"""Turns labels of MOTChallenge or of KITTI's tracking benchmark into label files of this project.

    tools/import_labels.py mot MOT17-02/gt/gt.txt --out street.labels.json
    tools/import_labels.py kitti label_02/0001.txt --size 1242x375 --out road.labels.json
    tools/import_labels.py kitti-lidar label_02/0001.txt --calib calib/0001.txt \
        --out road.labels.json

Formats, after the devkits of both benchmarks:

* MOTChallenge: lines of frame, identity, left, top, width, height, flag, class, visibility, frames
  and pixels counted from 1; size and rate stand in seqinfo.ini beside the folder `gt`. A flag of 0
  makes a label `ignored`; so does less than --min-visible.
* KITTI: lines of frame, identity, type, truncated, occluded, alpha, a box in pixels, height, width,
  length and place of the bottom's middle in the rectified camera's axes, and the turn round its
  vertical axis. As in the benchmark's moderate difficulty, what is lower than 25 pixels, more than
  partly hidden or more than 30 % outside the picture is `ignored`, and so are Van (a car),
  Person_sitting (a person) and DontCare (all classes).
"""

import argparse
import collections
import configparser
import json
import math
import pathlib
import sys

import numpy as np

USAGE, INPUT, OUTPUT = 2, 3, 6  # the exit codes of oneadapt-sim

MOT_CLASSES = {1: "person", 2: "person", 3: "car", 4: "bicycle", 5: "motorcycle", 7: "person"}
MOT_NOT_ASKED_FOR = {2, 7}  # persons on vehicles, and those that stand still
KITTI_CLASSES = {"Car": "car", "Truck": "truck", "Pedestrian": "person", "Cyclist": "bicycle",
                 "Tram": "tram", "Van": "car", "Person_sitting": "person"}
KITTI_NOT_ASKED_FOR = {"Van", "Person_sitting"}
LOWEST_BOX, MOST_HIDDEN, MOST_OUTSIDE = 25, 1, 0.3  # KITTI's moderate difficulty


class Problem(Exception):
    """What ends the program: one line and an exit code."""

    def __init__(self, code, text):
        super().__init__(text)
        self.code = code


def read_lines(path):
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise Problem(INPUT, f"{path}: cannot be read ({error}); name a file of labels") from error
    return [(f"{path}:{number}", line) for number, line in enumerate(text.splitlines(), 1)
            if line.strip()]


def numbers(fields, where):
    try:
        values = [float(field) for field in fields]
    except ValueError as error:
        raise Problem(INPUT, f"{where}: {error}; write numbers") from error
    if not all(map(math.isfinite, values)):
        raise Problem(INPUT, f"{where}: a number is not finite; write finite ones")
    return values


def whole(value, lowest, where, what):
    if value != int(value) or value < lowest:
        raise Problem(INPUT, f"{where}: {what} is {value:g}; write a whole number from {lowest}")
    return int(value)


def in_frames(labels, count, path):
    """A list for each frame, of labels by frame."""
    if not labels:
        raise Problem(INPUT, f"{path}: holds no labels of a known class; name another file")
    last = max(labels)
    if count is None:
        count = last + 1
    if last >= count:
        raise Problem(INPUT, f"{path}: has a label for frame {last + 1} of {count}; "
                      "give the clip's number of frames")
    return [labels[frame] for frame in range(count)]


def flat(box, size):
    """x1, y1, x2, y2 inside the picture; None where nothing of it is."""
    x1, x2 = (min(max(v, 0), size[0]) for v in (box[0], box[2]))
    y1, y2 = (min(max(v, 0), size[1]) for v in (box[1], box[3]))
    return [x1, y1, x2, y2] if x2 > x1 and y2 > y1 else None


def mot_labels(options):
    info = options.labels.parent.parent / "seqinfo.ini"
    size, fps, frames = options.size, options.fps, options.frames
    if info.exists():
        ini = configparser.ConfigParser()
        try:
            ini.read(info, encoding="utf-8")
            sequence = ini["Sequence"]
            size = size or (int(sequence["imWidth"]), int(sequence["imHeight"]))
            fps = fps or float(sequence["frameRate"])
            frames = frames or int(sequence["seqLength"])
        except (configparser.Error, KeyError, ValueError) as error:
            raise Problem(INPUT, f"{info}: lacks imWidth, imHeight, frameRate or seqLength "
                          f"({error}); give --size, --fps and --frames") from error
    if not size or not fps:
        raise Problem(USAGE, f"{options.labels}: no seqinfo.ini two folders up; "
                      "give --size WIDTHxHEIGHT and --fps")
    labels = collections.defaultdict(list)
    for where, line in read_lines(options.labels):
        fields = line.split(",")
        if len(fields) != 9:
            raise Problem(INPUT, f"{where}: has {len(fields)} fields; MOTChallenge's ground truth "
                          "has 9, separated by commas")
        frame, identity, left, top, width, height, flag, kind, visible = numbers(fields, where)
        kind = int(kind)
        if kind not in MOT_CLASSES:
            continue
        box = flat([left - 1, top - 1, left - 1 + width, top - 1 + height], size)
        if box is None:
            continue
        ignored = flag == 0 or kind in MOT_NOT_ASKED_FOR or visible < options.min_visible
        labels[whole(frame, 1, where, "the frame") - 1].append(
            label(MOT_CLASSES[kind], {"box": box}, identity, visible, ignored))
    return flat_file(size, fps, in_frames(labels, frames, options.labels))


def label(name, place, identity, visible, ignored):
    out = {"class": name, **place, "id": int(identity), "visible": round(visible, 4)}
    return {**out, "ignored": True} if ignored else out


def flat_file(size, fps, frames):
    classes = list(dict.fromkeys(entry["class"] for frame in frames for entry in frame))
    return {"format": "oneadapt-labels-1", "width": size[0], "height": size[1], "fps": fps,
            "classes": classes, "frames": frames}


class KittiLine:
    """One object of KITTI's tracking labels."""

    def __init__(self, where, line):
        fields = line.split()
        if len(fields) not in (17, 18):
            raise Problem(INPUT, f"{where}: has {len(fields)} fields; KITTI's tracking labels have "
                          "17, separated by spaces")
        self.kind = fields[2]
        values = numbers([*fields[:2], *fields[3:17]], where)
        self.frame = whole(values[0], 0, where, "the frame")
        self.identity = values[1]
        self.truncated, self.occluded = values[2:4]
        self.box = values[5:9]
        self.height, self.width, self.length = values[9:12]
        self.bottom = np.array(values[12:15])
        self.turn = values[15]

    def ignored(self):
        return (self.kind in KITTI_NOT_ASKED_FOR or self.occluded > MOST_HIDDEN
                or self.truncated > MOST_OUTSIDE or self.box[3] - self.box[1] < LOWEST_BOX)


def kitti_lines(path):
    return [KittiLine(where, line) for where, line in read_lines(path)]


def kitti_labels(options):
    if not options.size:
        raise Problem(USAGE, "--size: KITTI's labels do not have it; give WIDTHxHEIGHT")
    objects = kitti_lines(options.labels)
    known = list(dict.fromkeys(KITTI_CLASSES[o.kind] for o in objects if o.kind in KITTI_CLASSES))
    labels = collections.defaultdict(list)
    for entry in objects:
        box = flat(entry.box, options.size)
        if box is None:
            continue
        if entry.kind == "DontCare":
            labels[entry.frame] += [label(name, {"box": box}, -1, 1, True) for name in known]
        elif entry.kind in KITTI_CLASSES:
            labels[entry.frame].append(label(KITTI_CLASSES[entry.kind], {"box": box},
                                             entry.identity, 1 - min(max(entry.truncated, 0), 1),
                                             entry.ignored()))
    return flat_file(options.size, options.fps or 10,
                     in_frames(labels, options.frames, options.labels))


def camera_to_lidar(path):
    """4 x 4, from the rectified camera's axes to the LiDAR's."""
    matrices = {}
    for where, line in read_lines(path):
        name, _, rest = line.replace(":", " ").strip().partition(" ")
        matrices[name] = (where, rest.split())

    def matrix(names, shape):
        for name in names:
            if name in matrices:
                where, fields = matrices[name]
                values = numbers(fields, where)
                if len(values) != shape[0] * shape[1]:
                    raise Problem(INPUT, f"{where}: has {len(values)} numbers; {name} has "
                                  f"{shape[0] * shape[1]}")
                out = np.eye(4)
                out[:shape[0], :shape[1]] = np.reshape(values, shape)
                return out
        raise Problem(INPUT, f"{path}: lacks {names[0]}; name a calibration file of KITTI")

    rectify = matrix(["R_rect", "R0_rect"], (3, 3))
    lidar_to_camera = matrix(["Tr_velo_cam", "Tr_velo_to_cam"], (3, 4))
    return np.linalg.inv(rectify @ lidar_to_camera)


def kitti_lidar_labels(options):
    if not options.calib:
        raise Problem(USAGE, "--calib: boxes stand in the camera's axes; name the calibration file")
    back = camera_to_lidar(options.calib)
    labels = collections.defaultdict(list)
    for entry in kitti_lines(options.labels):
        if entry.kind not in KITTI_CLASSES:
            continue
        middle = entry.bottom - np.array([0, entry.height / 2, 0])  # y points down
        ahead = np.array([math.cos(entry.turn), 0, -math.sin(entry.turn)])
        centre = (back @ np.append(middle, 1))[:3]
        heading = back[:3, :3] @ ahead
        labels[entry.frame].append(
            {"class": KITTI_CLASSES[entry.kind], "center": [round(v, 4) for v in centre],
             "size": [entry.length, entry.width, entry.height],
             "yaw": round(math.atan2(heading[1], heading[0]), 6), "id": int(entry.identity),
             **({"ignored": True} if entry.ignored() else {})})
    frames = in_frames(labels, options.frames, options.labels)
    return {"format": "oneadapt-boxes3d-1", "fps": options.fps or 10,
            "classes": list(dict.fromkeys(entry["class"] for f in frames for entry in f)),
            "frames": frames}


def size_of(text):
    width, cross, height = text.partition("x")
    if not cross or not width.isdigit() or not height.isdigit() or "0" in (width, height):
        raise argparse.ArgumentTypeError(f"'{text}' is not WIDTHxHEIGHT")
    return int(width), int(height)


def positive(kind):
    def read(text):
        value = kind(text)
        if not 0 < value < math.inf:
            raise argparse.ArgumentTypeError(f"'{text}' is not above 0")
        return value
    return read


FORMS = {"mot": mot_labels, "kitti": kitti_labels, "kitti-lidar": kitti_lidar_labels}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("form", choices=FORMS)
    parser.add_argument("labels", type=pathlib.Path, help="gt.txt, or a file of label_02")
    parser.add_argument("--out", type=pathlib.Path, required=True)
    parser.add_argument("--size", type=size_of, help="of the pictures, WIDTHxHEIGHT")
    parser.add_argument("--fps", type=positive(float), help="default: seqinfo.ini's, KITTI: 10")
    parser.add_argument("--frames", type=positive(int), help="default: seqinfo.ini's, or the last "
                        "frame with a label")
    parser.add_argument("--min-visible", type=float, default=0, help="MOTChallenge (default: 0)")
    parser.add_argument("--calib", type=pathlib.Path, help="KITTI's calibration of the sequence")
    options = parser.parse_args()
    try:
        text = json.dumps(FORMS[options.form](options))
        try:
            options.out.write_text(text + "\n", encoding="utf-8")
        except OSError as error:
            raise Problem(OUTPUT, f"{options.out}: cannot be written ({error.strerror})") from error
    except Problem as problem:
        print(f"import_labels.py: {problem}", file=sys.stderr)
        return problem.code
    print(options.out)
    return 0


if __name__ == "__main__":
    sys.exit(main())
