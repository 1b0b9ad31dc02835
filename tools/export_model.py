#!/usr/bin/python3
"""Exports a torchvision detector as TorchScript with the sidecar that oneadapt-sim reads.

    /usr/bin/python3 tools/export_model.py --model ssdlite320_mobilenet_v3_large \\
        --weights ssdlite320.pth --out detector.pt
    build/release/oneadapt-sim model check detector.pt

Works with Debian's torchvision 0.14 and newer ones. Nothing is downloaded: name a weights file, or
ask for random weights (to try the tool chain, not to detect anything).
"""

import argparse
import json
import pathlib
import sys
import warnings

COCO_TRAFFIC = {1: "person", 2: "bicycle", 3: "car", 4: "motorcycle", 6: "bus", 8: "truck"}
COCO_CLASSES = 91
SCORE_FLOOR = 0.05  # the simulator keeps no detection below it


def fail(problem, remedy):
    sys.exit(f"export_model.py: {problem}; {remedy}")


def import_torchvision():
    try:
        import torch
        import torchvision
    except ImportError as error:
        fail(f"{sys.executable} cannot import {error.name}",
             "run /usr/bin/python3 after apt-get install python3-torchvision, or another Python "
             "that has torchvision")
    if not hasattr(torchvision.models, "get_model"):
        fail(f"torchvision {torchvision.__version__} is too old", "use 0.14 or newer")
    return torch, torchvision


def parse_classes(text):
    classes = {}
    for item in text.split(","):
        index, equals, name = item.partition("=")
        if not equals or not index.isdigit() or not name:
            raise argparse.ArgumentTypeError(f"'{item}' is not INDEX=NAME, e.g. 1=person,3=car")
        if int(index) in classes:
            raise argparse.ArgumentTypeError(f"class {index} is named twice")
        classes[int(index)] = name
    return classes


def parse_share(text):
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0.0 < value < 1.0:
        raise argparse.ArgumentTypeError(f"'{text}' is not a number between 0 and 1")
    return value


def parse_arguments():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", required=True, metavar="NAME",
                        help="a detector of torchvision.models.detection, e.g. "
                        "fasterrcnn_mobilenet_v3_large_320_fpn")
    parser.add_argument("--out", required=True, type=pathlib.Path, metavar="FILE.pt",
                        help="where the model goes; its sidecar goes to FILE.json")
    weights = parser.add_mutually_exclusive_group(required=True)
    weights.add_argument("--weights", type=pathlib.Path, metavar="FILE.pth",
                         help="a state dictionary, as torchvision publishes them")
    weights.add_argument("--random", type=int, metavar="SEED", help="random weights instead")
    parser.add_argument("--num-classes", type=int, default=COCO_CLASSES, metavar="N",
                        help="classes of the model, background included (default %(default)s)")
    parser.add_argument("--classes", type=parse_classes, metavar="INDEX=NAME,...",
                        help="classes of interest (default: COCO's traffic: "
                        + ",".join(f"{i}={n}" for i, n in COCO_TRAFFIC.items()) + ")")
    parser.add_argument("--threshold", type=parse_share, default=0.5,
                        help="score above which a detection counts (default %(default)s)")
    parser.add_argument("--nms-iou", type=parse_share, default=0.5,
                        help="overlap above which one of two boxes goes (default %(default)s)")
    return parser.parse_args()


def check(arguments):
    """Refuses what the argument parser lets through; returns the classes of interest."""
    if arguments.out.suffix != ".pt":
        fail(f"--out {arguments.out} does not end in .pt", "name a .pt file")
    if not arguments.out.parent.is_dir():
        fail(f"folder {arguments.out.parent} does not exist", "make it first")
    if arguments.threshold < SCORE_FLOOR:
        fail(f"--threshold {arguments.threshold} is below {SCORE_FLOOR}", "raise it")
    if arguments.num_classes < 2:
        fail(f"--num-classes {arguments.num_classes} leaves nothing beside the background",
             "give at least 2")
    classes = arguments.classes
    if classes is None:
        classes = {i: n for i, n in COCO_TRAFFIC.items() if i < arguments.num_classes}
    wrong = [index for index in classes if not 0 < index < arguments.num_classes]
    if wrong:
        fail(f"class {wrong[0]} does not exist",
             f"classes of this model go from 1 to {arguments.num_classes - 1}")
    return classes


def build(arguments, torch, torchvision):
    names = torchvision.models.list_models(module=torchvision.models.detection)
    scriptable = [name for name in names if not name.startswith(("maskrcnn", "keypointrcnn"))]
    if arguments.model not in scriptable:
        fail(f"--model {arguments.model} is unknown", "valid names are " + ", ".join(scriptable))
    if arguments.random is not None:
        torch.manual_seed(arguments.random)
    return torchvision.models.get_model(
        arguments.model, weights=None, weights_backbone=None, num_classes=arguments.num_classes)


def load_weights(model, file, torch):
    try:
        state = torch.load(file, map_location="cpu", weights_only=True)
        model.load_state_dict(state)
    except FileNotFoundError:
        fail(f"{file} does not exist", "name a weights file, or use --random SEED")
    except Exception as error:  # torch raises a dozen kinds for files that are not weights
        reason = str(error).strip().splitlines()[0] if str(error) else type(error).__name__
        fail(f"{file} does not hold this model's weights ({reason})",
             "name the state dictionary of the same --model and --num-classes")


def write(model, classes, arguments, torch):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what torchvision says of scripting concerns training
        scripted = torch.jit.script(model.eval())
    weights = (f"random weights, seed {arguments.random}" if arguments.weights is None
               else f"weights {arguments.weights.name}")
    sidecar = {
        "task": "detect",
        "input": {"kind": "video", "channels": "RGB", "range": [0, 1], "size_multiple": 32},
        "output": "torchvision",
        "classes": {str(index): name for index, name in sorted(classes.items())},
        "score_threshold": arguments.threshold,
        "nms_iou": arguments.nms_iou,
        "source": f"torchvision {arguments.model}, {weights}",
    }
    beside = arguments.out.with_suffix(".json")
    try:
        scripted.save(str(arguments.out))
        beside.write_text(json.dumps(sidecar, indent=2) + "\n")
    except (OSError, RuntimeError) as error:
        fail(f"{arguments.out} cannot be written ({str(error).splitlines()[0]})",
             "name a writable place")
    print(f"wrote {arguments.out} and {beside}")


def main():
    arguments = parse_arguments()
    classes = check(arguments)
    torch, torchvision = import_torchvision()
    model = build(arguments, torch, torchvision)
    if arguments.weights is not None:
        load_weights(model, arguments.weights, torch)
    write(model, classes, arguments, torch)


if __name__ == "__main__":
    main()
