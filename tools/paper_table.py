"""Tables of experiments/README.md: which figure comes from which experiment, and what a paper
prints beside what the committed figures say."""

import csv
import itertools
import json
import math
import pathlib

ROOT = pathlib.Path(__file__).resolve().parent.parent
FIGURES = ROOT / "results/figures"

# What each experiment is of: the figure that it stands for.
TITLES = {
    "encoding": "OneAdapt: accuracy over bandwidth, encoding knobs",
    "encoding-knobs": "the same for other encoding knobs",
    "super-resolution": "the same for class maps, beside super-resolution on the server",
    "filter": "OneAdapt: accuracy over GPU work, frame filtering",
    "macroblock": "OneAdapt: accuracy over bandwidth, a QP for each macroblock",
    "macroblock-depth": "the same for depth pictures",
    "lidar": "OneAdapt: accuracy over bandwidth, LiDAR",
    "sound": "OneAdapt: accuracy over bandwidth, sound",
    "overhead": "OneAdapt: what the camera and the server do besides, per pipeline",
    "blocks": "OneAdapt: saving with 1, 4, 16 and 64 blocks tuned on their own",
    "accgrad": "OneAdapt: AccGrad's estimate and the output's change beside that of accuracy",
    "surface": "OneAdapt: accuracy over QP and resolution",
    "adaptation": "OneAdapt: adaptation over time",
    "knob-count": "OneAdapt: work over the number of knobs",
    "sensitivity": "OneAdapt: learning rate, update period, weight, delay of the link",
    "alert": "ALERT: energy and error over those of the best static choice, each setting",
    "staleness": "streaming accuracy of each scheme on slow and fast links",
    "joined": "OneAdapt and ALERT together, aware or unaware of each other, and each alone",
}


def experiments():
    """The names of the experiments, in the order of TITLES."""
    names = {path.stem for path in (ROOT / "experiments").glob("*.json")}
    return [name for name in TITLES if name in names] + sorted(names - set(TITLES))


def figures_rows():
    """Rows (what, experiment, command, files) for each experiment."""
    for name in experiments():
        drawn = (FIGURES / f"{name}.pdf").exists()
        files = f"`results/figures/{name}.pdf`, `.png`, `.csv`" if drawn else "not committed"
        yield (TITLES.get(name, name), f"`experiments/{name}.json`", f"`make figure-{name}`", files)


def saving(scheme, baseline):
    """Mean saving of rate at equal accuracy, over the accuracies that both reach: straight lines in
    the logarithm of the rate, as `savings.csv` has it. Points are (rate, accuracy)."""
    low = max(scheme[0][1], baseline[0][1])
    high = min(scheme[-1][1], baseline[-1][1])
    steps = 1000

    def log_rate(points, accuracy):
        (r0, a0), (r1, a1) = next(pair for pair in itertools.pairwise(points)
                                  if accuracy <= pair[1][1])
        return math.log(r0) + (math.log(r1) - math.log(r0)) * (accuracy - a0) / (a1 - a0)

    at = [low + (high - low) * (i + 0.5) / steps for i in range(steps)]
    mean = sum(log_rate(scheme, a) - log_rate(baseline, a) for a in at) / steps
    return 1 - math.exp(mean)


def found(ours):
    """The row of a figure's numbers that a paper's figure is compared with, if it is there."""
    path = FIGURES / f"{ours['file']}.csv"
    if not path.exists():
        return None
    keys = [key for key in ours if key not in ("file", "column", "over")]
    with open(path, newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            if all(row[key] == ours[key] for key in keys):
                return row
    return None


def spelled(value, unit):
    if unit == "%":
        return f"{100 * value:.0f} %"
    return f"{value:.2f}{' times' if unit == 'x' else ''}"


def compared(claim):
    """(paper, ours with its interval, whether they agree) of a claim."""
    points = claim.get("points")
    paper = saving(points["scheme"], points["baseline"]) if points else claim["value"]
    printed = spelled(paper, claim["unit"])
    ours = claim["ours"]
    row = found(ours)
    column = ours.get("column", "saving")
    if row is None:
        return printed, "not committed", "-"
    if not row[column]:
        return printed, row.get("status", "-"), "-"
    value = float(row[column])
    if "over" in ours:
        other = found({**ours, **ours["over"]})
        if not other[column]:
            return printed, "none is kept", "-"
        value /= float(other[column])
    text = spelled(value, claim["unit"])
    if not row.get("saving_ci_lo"):
        return printed, text, "yes" if abs(value - paper) <= 0.1 * abs(paper) else "no"
    ends = [float(row["saving_ci_lo"]), float(row["saving_ci_hi"])]
    if column == "factor":
        ends = [1 / (1 - end) for end in ends]
    text += f" ({spelled(ends[0], claim['unit'])} to {spelled(ends[1], claim['unit'])})"
    return printed, text, "yes" if ends[0] <= paper <= ends[1] else "no"


def paper_rows():
    """Rows (what, the paper's, ours, agreeing, source)."""
    for path in sorted((ROOT / "experiments/paper").glob("*.json")):
        for claim in json.loads(path.read_text(encoding="utf-8")):
            paper, ours, agrees = compared(claim)
            yield claim["figure"], claim["what"], paper, ours, agrees, claim["source"]
