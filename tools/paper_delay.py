"""The figure of streaming accuracy: what staleness costs each scheme on slow and fast links."""

from matplotlib import pyplot as plt

from figures import distinct, number
from paper_style import COLUMN, chosen, legend_below, write

SHOWN = ["scheme", "accuracy", "streaming_accuracy", "delay_s", "kbps"]


def staleness(sweep, out, name):
    """Of the middle quality of each scheme: accuracy of what is delivered, and streaming accuracy,
    which scores each frame against the last result that was there."""
    rows = []
    for cell in sweep.cells:
        here = [r for r in sweep.table("summary.csv", SHOWN) if r["cell"] == cell["cell"]]
        for scheme in distinct(here, "scheme"):
            mine = [r for r in here if r["scheme"] == scheme]
            rows.append(mine[len(mine) // 2])
    schemes = distinct(rows, "scheme")
    figure, axis = plt.subplots(figsize=(COLUMN, 2.4))
    for place, cell in enumerate(sweep.cells):
        here = {r["scheme"]: r for r in rows if r["cell"] == cell["cell"]}
        across = [i + 0.2 * (place - (len(sweep.cells) - 1) / 2) for i in range(len(schemes))]
        drawn = axis.plot(across, [number(here[s], "streaming_accuracy") for s in schemes], "o",
                          markersize=3, label=f"{cell['link']} Mbit/s")
        axis.plot(across, [number(here[s], "accuracy") for s in schemes], "_",
                  color=drawn[0].get_color(), label="as delivered" if place == 0 else None)
    axis.set_xticks(range(len(schemes)), schemes, rotation=25, ha="right")
    axis.set_ylabel("accuracy\n(dots: streaming)")
    legend_below(figure, [axis])
    write(out, name, figure, [{"link": r["link"], **chosen(r, SHOWN)} for r in rows])
