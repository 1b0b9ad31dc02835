#!/usr/bin/python3
"""How many evaluations a second the simulator records, beside the usual way.

    tools/usual_way.py CLIP [--model MODEL.pt] [--segments 20] [--qps 20,26,...] [--rounds 3]

An evaluation is one segment of ten frames encoded at one QP, decoded, and analysed. The usual way
is a process per core that calls the ffmpeg program, reads what it wrote with OpenCV, and runs the
TorchScript model frame by frame with PyTorch; it does not even match the boxes. The simulator is
`record` with a fresh trace. Both take turns; each figure is the median of the rounds, seconds of
wall clock, start included. Needs ffmpeg, python3-opencv and python3-torch.
"""

import argparse
import json
import multiprocessing
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import cv2
import torch

model = None


def load(path):
    global model
    torch.set_num_threads(1)
    cv2.setNumThreads(1)
    model = torch.jit.load(path).eval()


def picture(frame, multiple):
    height, width = frame.shape[:2]
    size = (round(width / multiple) * multiple, round(height / multiple) * multiple)
    if size != (width, height):
        frame = cv2.resize(frame, size)
    rgb = cv2.cvtColor(frame, cv2.COLOR_BGR2RGB)
    return torch.from_numpy(rgb).permute(2, 0, 1).float().div(255)[None]


def evaluate(job):
    clip, start, qp, rate, preset, multiple = job
    with tempfile.TemporaryDirectory() as folder:
        file = f"{folder}/segment.mp4"
        subprocess.run(
            [
                "ffmpeg",
                "-v",
                "error",
                "-ss",
                str(start),
                "-i",
                clip,
                "-frames:v",
                "10",
                "-r",
                str(rate),
                "-an",
                "-c:v",
                "libx264",
                "-preset",
                preset,
                "-qp",
                str(qp),
                "-threads",
                "1",
                file,
            ],
            check=True,
        )
        reader, frames = cv2.VideoCapture(file), 0
        with torch.no_grad():
            while (read := reader.read())[0]:
                model(picture(read[1], multiple))
                frames += 1
    return frames


def the_usual_way(options, jobs, cores):
    start = time.perf_counter()
    with multiprocessing.get_context("spawn").Pool(cores, load, (options.model,)) as pool:
        frames = sum(pool.imap_unordered(evaluate, jobs))
    seconds = time.perf_counter() - start
    if frames != 10 * len(jobs):
        sys.exit(f"{options.clip}: {frames} frames of {10 * len(jobs)}; is it long enough?")
    return seconds


def simulator(options):
    with tempfile.TemporaryDirectory() as folder:
        start = time.perf_counter()
        subprocess.run(
            [
                options.build + "/oneadapt-sim",
                "record",
                "--quiet",
                "--clip",
                options.clip,
                "--model",
                options.model,
                "--duration",
                str(options.segments * 10 / options.rate),
                "--preset",
                options.preset,
                "--values",
                f"qp={options.qps}",
                "--scheme",
                "static",
                "--trace",
                f"{folder}/fresh.trace",
            ],
            check=True,
            stdout=subprocess.DEVNULL,
        )
        return time.perf_counter() - start


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("clip")
    parser.add_argument("--model", default="datasets/models/street-n.pt")
    parser.add_argument("--build", default="build/release")
    parser.add_argument("--segments", type=int, default=20)
    parser.add_argument("--qps", default="20,23,26,29,32,35,38,41,44,47,50")
    parser.add_argument("--preset", default="medium")
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    options.rate = cv2.VideoCapture(options.clip).get(cv2.CAP_PROP_FPS)
    multiple = json.loads(Path(options.model).with_suffix(".json").read_text())["input"].get(
        "size_multiple", 1
    )
    jobs = [
        (options.clip, segment * 10 / options.rate, int(qp), options.rate, options.preset, multiple)
        for segment in range(options.segments)
        for qp in options.qps.split(",")
    ]
    cores = len(os.sched_getaffinity(0))
    taken = [
        (the_usual_way(options, jobs, cores), simulator(options)) for _ in range(options.rounds)
    ]
    usual, ours = (len(jobs) / statistics.median(column) for column in zip(*taken, strict=True))
    print(
        f"{len(jobs)} evaluations, {cores} cores: the usual way {usual:.1f} a second, "
        f"oneadapt-sim {ours:.1f}, {ours / usual:.1f} times as many"
    )


if __name__ == "__main__":
    main()
