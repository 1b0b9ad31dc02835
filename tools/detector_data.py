"""Training pictures for the street detectors: random scenes rendered, compressed, cached.

Each scene of a split has its own seed, far from those of the embedded clips. A scene is rendered
at a low frame rate, so that its pictures differ, re-encoded at a random quality, and kept as raw
bytes on disk.
"""

import json
import pathlib
import subprocess

import numpy as np

KINDS = ("fixed", "dashcam", "drone")
CLASSES = ("person", "car", "truck", "bus")
WIDTH, HEIGHT = 640, 384
FRAME_RATE = 0.4  # pictures per second of scene
SCENE_SECONDS = 30
FRAMES_PER_SCENE = 12


def compress_and_decode(clip, qp):
    """The frames of a clip (N,H,W,3, RGB, 8 bit) after H.264 at a constant quantiser."""
    encode = ["ffmpeg", "-v", "error", "-i", str(clip), "-c:v", "libx264", "-preset", "medium",
              "-threads", "1", "-qp", str(qp), "-f", "matroska", "-"]
    decode = ["ffmpeg", "-v", "error", "-i", "-", "-f", "rawvideo", "-pix_fmt", "rgb24", "-"]
    encoded = subprocess.run(encode, check=True, capture_output=True).stdout
    raw = subprocess.run(decode, check=True, capture_output=True, input=encoded).stdout
    return np.frombuffer(raw, np.uint8).reshape(-1, HEIGHT, WIDTH, 3)


def load_labels(file):
    """Per frame an array of rows x1, y1, x2, y2, class number, 1 where ignored or 0."""
    frames = json.loads(pathlib.Path(file).read_text())["frames"]
    return [np.array([[*item["box"], CLASSES.index(item["class"]), item.get("ignored", False)]
                      for item in frame], np.float32).reshape(-1, 6) for frame in frames]


def render_random_scene(renderer, folder, kind, seed):
    """Renders a random scene; returns the clip and its labels' file."""
    clip = folder / f"{kind}-{seed}.mkv"
    labels = folder / f"{kind}-{seed}.json"
    subprocess.run([str(renderer), "--random", kind, "--seed", str(seed), "--fps", str(FRAME_RATE),
                    "--seconds", str(SCENE_SECONDS), "--out", str(clip), "--labels", str(labels)],
                   check=True)
    return clip, labels


def make_split(renderer, folder, seeds, qp_range, rng_seed):
    """Renders random scenes of every kind for each seed, once; later calls read the cache.

    Returns (pictures, boxes, kinds): a memory-mapped array N,H,W,3 of RGB bytes, a list of label
    arrays and a list of kind names.
    """
    folder = pathlib.Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    pixels, index = folder / "pictures.npy", folder / "labels.npz"
    if not index.exists():
        _fill(renderer, folder, seeds, qp_range, rng_seed, pixels, index)
    stored = np.load(index)
    boxes = np.split(stored["boxes"], stored["ends"][:-1])
    return np.load(pixels, mmap_mode="r"), boxes, list(stored["kinds"])


def _fill(renderer, folder, seeds, qp_range, rng_seed, pixels, index):
    rng = np.random.default_rng(rng_seed)
    count = len(seeds) * len(KINDS) * FRAMES_PER_SCENE
    pictures = np.lib.format.open_memmap(pixels, "w+", np.uint8, (count, HEIGHT, WIDTH, 3))
    boxes, kinds, filled = [], [], 0
    for seed in seeds:
        for kind in KINDS:
            clip, labels = render_random_scene(renderer, folder, kind, seed)
            frames = compress_and_decode(clip, int(rng.integers(*qp_range, endpoint=True)))
            pictures[filled:filled + len(frames)] = frames
            filled += len(frames)
            boxes += load_labels(labels)
            kinds += [kind] * len(frames)
            clip.unlink()
            labels.unlink()
    pictures.flush()
    ends = np.cumsum([len(frame) for frame in boxes])
    np.savez(index, boxes=np.concatenate(boxes), ends=ends, kinds=np.array(kinds))
