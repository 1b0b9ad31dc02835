"""LiDAR sweeps as the simulator's networks see them: the same map from above (src/dnn/bev.hpp) and
the same label boxes (src/testbed/box3d_truth.cpp), to the last bit of single precision.
"""

import dataclasses
import json
import pathlib

import numpy as np

CLASSES = ("person", "car", "truck", "bus")
CUBE_SIDE = 204.8  # metres; the lattice of src/codec/point_coding.hpp
MANY_POINTS = 64


@dataclasses.dataclass(frozen=True)
class Bev:
    """A sidecar's input: intervals and the side of a pixel, in metres (x forward, y left, z up)."""

    x: tuple = (0, 51.2)
    y: tuple = (-25.6, 25.6)
    z: tuple = (-10.5, 3.5)
    cell: float = 0.2

    @property
    def shape(self):
        """Rows (far to near) and columns (left to right)."""
        return tuple(round((high - low) / self.cell) for low, high in (self.x, self.y))

    def pixel(self, x, y):
        """Column and row of places, not rounded."""
        return (self.y[1] - y) / self.cell, (self.x[1] - x) / self.cell

    def sidecar(self):
        """The member `input` of a sidecar."""
        return {"kind": "lidar", "x": self.x, "y": self.y, "z": self.z, "cell": self.cell}


def read_sweep(file):
    """The points of a KITTI file: N x 4, x, y, z in metres and intensity in [0, 1]."""
    points = np.fromfile(file, "<f4").reshape(-1, 4)
    points = points[np.isfinite(points[:, :3]).all(1)]
    intensity = np.where(np.isfinite(points[:, 3]), points[:, 3], 0)
    one = np.float32(255 if intensity.max(initial=0) > 1 else 1)
    points[:, 3] = np.clip(intensity / one, 0, 1)
    return points


def coarsened(points, bits):
    """What Draco leaves of points: places on its lattice, intensities in 255ths."""
    steps = np.float32((1 << bits) - 1)
    inside = (np.abs(points[:, :3]) <= CUBE_SIDE / 2).all(1)
    corner, side = np.float32(-CUBE_SIDE / 2), np.float32(CUBE_SIDE)
    out = points[inside]
    places = np.floor((out[:, :3] - corner) * (steps / side) + np.float32(0.5))
    out[:, :3] = places * (side / steps) + corner
    out[:, 3] = np.floor(out[:, 3] * np.float32(255) + np.float32(0.5)) / np.float32(255)
    return out


def bev_picture(points, form=Bev()):
    """3 x rows x columns: greatest height, mean intensity and number of points, each in [0, 1]."""
    rows, columns = form.shape
    wide = points.astype(np.float64)
    column, row = form.pixel(wide[:, 0], wide[:, 1])
    height = (wide[:, 2] - form.z[0]) / (form.z[1] - form.z[0])
    inside = (column >= 0) & (column < columns) & (row >= 0) & (row < rows)
    inside &= (height >= 0) & (height <= 1)
    cell = row[inside].astype(np.int64) * columns + column[inside].astype(np.int64)
    # Half away from zero, as C rounds.
    steps = np.floor(points[inside, 3] * np.float32(255) + np.float32(0.5)).astype(np.int64)
    counts = np.bincount(cell, minlength=rows * columns)
    intensity = np.bincount(cell, steps, rows * columns) / (255 * np.maximum(counts, 1))
    highest = np.zeros(rows * columns, np.float32)
    np.maximum.at(highest, cell, height[inside].astype(np.float32))
    density = np.minimum(1, np.log(1 + counts) / np.log(MANY_POINTS))
    return np.stack([highest, intensity, density]).astype(np.float32).reshape(3, rows, columns)


def load_boxes(file, form=Bev()):
    """Per sweep an array of rows x1, y1, x2, y2 (pixels), class number, 1 where ignored or 0.

    Objects whose centre lies outside the map are left out; boxes are cut off at its edges.
    """
    frames = json.loads(pathlib.Path(file).read_text())["frames"]
    return [np.array([_row(item, form) for item in frame if _inside(item, form)],
                     np.float32).reshape(-1, 6) for frame in frames]


def _inside(item, form):
    column, row = form.pixel(*item["center"][:2])
    return 0 <= row < form.shape[0] and 0 <= column < form.shape[1]


def _row(item, form):
    x, y = item["center"][:2]
    length, width = item["size"][:2]
    along, across = abs(np.cos(item["yaw"])), abs(np.sin(item["yaw"]))
    half_x = (length * along + width * across) / 2
    half_y = (length * across + width * along) / 2
    corners = (*form.pixel(x + half_x, y + half_y), *form.pixel(x - half_x, y - half_y))
    limits = form.shape[::-1] * 2
    sides = [min(max(corner, 0), limit) for corner, limit in zip(corners, limits, strict=True)]
    return [*sides, CLASSES.index(item["class"]), item.get("ignored", False)]
