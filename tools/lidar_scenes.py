"""LiDAR sweeps of random scenes, rendered once and cached, for training and for measuring.

Each scene of a split has its own seed, far from those of the embedded clips.
"""

import pathlib
import shutil
import subprocess
from typing import NamedTuple

import numpy as np

import lidar_data

KINDS = ("fixed", "dashcam")
MARGIN = 4.0  # metres kept round the networks' map, so that training may shift it
WIDE = lidar_data.Bev(x=(0 - MARGIN, 51.2 + MARGIN), y=(-25.6 - MARGIN, 25.6 + MARGIN))


class Length(NamedTuple):
    """Seconds of a scene, and every how many sweeps one is taken."""

    seconds: float
    step: int


class Split(NamedTuple):
    """Sweeps and what is true of them."""

    sweeps: list  # N,4 points each, inside the wide map
    boxes: list  # per sweep rows as of lidar_data.load_boxes(), in pixels of the wide map
    kinds: list  # per sweep the kind of place where the sensor is


def inside_wide(points):
    """The points inside the wide map."""
    column, row = WIDE.pixel(points[:, 0], points[:, 1])
    rows, columns = WIDE.shape
    return points[(column >= 0) & (column < columns) & (row >= 0) & (row < rows)]


def render(renderer, folder, kind, seed, length):
    """Some sweeps of a random scene and their boxes."""
    clip, labels = folder / f"{kind}-{seed}", folder / f"{kind}-{seed}.json"
    subprocess.run([str(renderer), "--random", kind, "--seed", str(seed), "--sensor", "lidar",
                    "--seconds", str(length.seconds), "--out", str(clip),
                    "--labels", str(labels)], check=True)
    files = sorted(clip.glob("*.bin"))[::length.step]
    sweeps = [inside_wide(lidar_data.read_sweep(file)) for file in files]
    boxes = lidar_data.load_boxes(labels, WIDE)[::length.step]
    shutil.rmtree(clip)
    labels.unlink()
    return sweeps, boxes


def _fill(renderer, folder, seeds, length):
    sweeps, boxes, kinds = [], [], []
    for seed in seeds:
        for kind in KINDS:
            of_scene = render(renderer, folder, kind, seed, length)
            sweeps += of_scene[0]
            boxes += of_scene[1]
            kinds += [kind] * len(of_scene[0])
    ends = lambda parts: np.cumsum([len(part) for part in parts])
    np.savez(folder / "split.npz", points=np.concatenate(sweeps), ends=ends(sweeps),
             boxes=np.concatenate(boxes), box_ends=ends(boxes), kinds=np.array(kinds))


def make_split(renderer, folder, seeds, length):
    """Renders random scenes of every kind for each seed, once; later calls read the cache."""
    folder = pathlib.Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    if not (folder / "split.npz").exists():
        _fill(renderer, folder, seeds, length)
    stored = np.load(folder / "split.npz")
    return Split(np.split(stored["points"], stored["ends"][:-1]),
                 np.split(stored["boxes"], stored["box_ends"][:-1]), list(stored["kinds"]))
