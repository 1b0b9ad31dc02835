"""Training pictures for the street networks: random scenes rendered, compressed, cached.

Each scene of a split has its own seed, far from those of the embedded clips. A scene is rendered
at a low frame rate, so that its pictures differ, re-encoded at a random quality, and kept as raw
bytes on disk.
"""

import json
import pathlib
import subprocess
from typing import NamedTuple

import numpy as np

KINDS = ("fixed", "dashcam", "drone")
CLASSES = ("person", "car", "truck", "bus")
CHANNELS = {"video": 3, "infrared": 1, "depth": 1}
WIDTH, HEIGHT = 640, 384
FRAME_RATE = 0.4  # pictures per second of scene
SCENE_SECONDS = 30
FRAMES_PER_SCENE = 12
NEAREST, FARTHEST = 500, 120000  # millimetres: what depth's darkest and lightest luma stand for


class Split(NamedTuple):
    """Pictures of one sensor and what is true of them."""

    pictures: np.ndarray  # N,H,W,channels, 8 bit, memory-mapped
    boxes: list  # per picture what load_labels returns
    kinds: list  # per picture the kind of camera
    maps: np.ndarray | None  # N,H,W, the true class of each pixel, where asked for


def ffmpeg(*arguments, data=None):
    """What ffmpeg writes to its standard output."""
    return subprocess.run(["ffmpeg", "-v", "error", *arguments, "-"], check=True,
                          capture_output=True, input=data).stdout


def through_h264(source, qp, pixel_format, data=None):
    """The raw frames of a source after H.264 at a constant quantiser."""
    encoded = ffmpeg(*source, "-c:v", "libx264", "-preset", "medium", "-threads", "1",
                     "-qp", str(qp), "-f", "matroska", data=data)
    raw = ffmpeg("-i", "-", "-f", "rawvideo", "-pix_fmt", pixel_format, data=encoded)
    return np.frombuffer(raw, np.uint8)


def read_gray(clip, sensor):
    """The frames of a lossless clip of one channel, N,H,W."""
    pixel_format, kind = ("gray16le", np.uint16) if sensor == "depth" else ("gray", np.uint8)
    raw = ffmpeg("-i", str(clip), "-f", "rawvideo", "-pix_fmt", pixel_format)
    return np.frombuffer(raw, kind).reshape(-1, HEIGHT, WIDTH)


def shares(frames, sensor):
    """What a sensor's values are coded as, 0 to 1. Depth is logarithmic; no return is farthest."""
    if sensor == "infrared":
        return frames / 255
    depth = np.where(frames == 0, FARTHEST, frames).clip(NEAREST, FARTHEST)
    return np.log(depth / NEAREST) / np.log(FARTHEST / NEAREST)


def compress_and_decode(clip, sensor, qp):
    """The frames of a clip (N,H,W,channels, 8 bit) after H.264 at a constant quantiser.

    One channel travels as luma of the usual range, 16 to 235, beside grey chroma.
    """
    if sensor == "video":
        return through_h264(("-i", str(clip)), qp, "rgb24").reshape(-1, HEIGHT, WIDTH, 3)
    luma = np.rint(16 + 219 * shares(read_gray(clip, sensor), sensor)).reshape(-1, HEIGHT * WIDTH)
    chroma = np.full((len(luma), HEIGHT * WIDTH // 2), 128)
    data = np.concatenate([luma, chroma], 1).astype(np.uint8).tobytes()
    source = ("-f", "rawvideo", "-pix_fmt", "yuv420p", "-s", f"{WIDTH}x{HEIGHT}", "-i", "-")
    decoded = through_h264(source, qp, "yuv420p", data).reshape(len(luma), -1)[:, :luma.shape[1]]
    full_range = np.rint((decoded.astype(float) - 16) * 255 / 219).clip(0, 255)
    return full_range.astype(np.uint8).reshape(-1, HEIGHT, WIDTH, 1)


def load_labels(file):
    """Per frame an array of rows x1, y1, x2, y2, class number, 1 where ignored or 0."""
    frames = json.loads(pathlib.Path(file).read_text())["frames"]
    return [np.array([[*item["box"], CLASSES.index(item["class"]), item.get("ignored", False)]
                      for item in frame], np.float32).reshape(-1, 6) for frame in frames]


def render_random_scene(renderer, folder, kind, seed, sensor):
    """Renders a random scene as a sensor sees it; returns the clip and its labels' file."""
    clip = folder / f"{kind}-{seed}-{sensor}.mkv"
    labels = clip.with_suffix(".json")
    subprocess.run([str(renderer), "--random", kind, "--seed", str(seed), "--sensor", sensor,
                    "--fps", str(FRAME_RATE), "--seconds", str(SCENE_SECONDS),
                    "--out", str(clip), "--labels", str(labels)], check=True)
    return clip, labels


def make_split(renderer, folder, sensor, seeds, qps, rng_seed=1, with_maps=False):
    """Renders random scenes of every kind for each seed, once; later calls read the cache.

    The quantiser of each scene is drawn from `qps`.
    """
    folder = pathlib.Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    if not (folder / "labels.npz").exists():
        _fill(renderer, folder, sensor, seeds, np.random.default_rng(rng_seed), qps, with_maps)
    stored = np.load(folder / "labels.npz")
    boxes = np.split(stored["boxes"], stored["ends"][:-1])
    mapped = lambda name: np.load(folder / name, mmap_mode="r")
    return Split(mapped("pictures.npy"), boxes, list(stored["kinds"]),
                 mapped("maps.npy") if with_maps else None)


def _fill(renderer, folder, sensor, seeds, rng, qps, with_maps):
    count = len(seeds) * len(KINDS) * FRAMES_PER_SCENE
    array = lambda name, *shape: np.lib.format.open_memmap(
        folder / name, "w+", np.uint8, (count, HEIGHT, WIDTH, *shape))
    pictures = array("pictures.npy", CHANNELS[sensor])
    maps = array("maps.npy") if with_maps else None
    boxes, kinds = [], []
    for seed in seeds:
        for kind in KINDS:
            clip, labels = render_random_scene(renderer, folder, kind, seed, sensor)
            scene = slice(len(kinds), len(kinds) + FRAMES_PER_SCENE)
            pictures[scene] = compress_and_decode(clip, sensor, int(rng.choice(qps)))
            boxes += load_labels(labels)
            kinds += [kind] * FRAMES_PER_SCENE
            clip.unlink()
            labels.unlink()
            if with_maps:
                clip, labels = render_random_scene(renderer, folder, kind, seed, "classes")
                maps[scene] = read_gray(clip, "classes")
                clip.unlink()
                labels.unlink()
    ends = np.cumsum([len(frame) for frame in boxes])
    np.savez(folder / "labels.npz", boxes=np.concatenate(boxes), ends=ends, kinds=np.array(kinds))
