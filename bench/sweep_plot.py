"""Draws what sweep.py measured: CPU a message and p99 over each axis, medians with the range of
the runs, hollow where something was merged or lost. The SVG keeps text as text, has no background,
colours that show on light and on dark, and nothing in it that changes when the figures do not.
"""

import os

import matplotlib

matplotlib.use("svg")
import matplotlib.pyplot as plt
from matplotlib.ticker import FuncFormatter, LogLocator, NullLocator

from figures import median

ROWS = [("cpu_us", 1, "CPU a message, µs", "#3d8bd9"), ("p99", 1_000, "p99, ms", "#d9772b")]
INK = "#767e87"  # 4:1 on white and on near black
STYLE = {
    "svg.fonttype": "none", "svg.hashsalt": "sweep", "font.family": "sans-serif",
    "font.sans-serif": ["DejaVu Sans", "sans-serif"], "font.size": 9,
    "text.color": INK, "axes.labelcolor": INK,
    "axes.edgecolor": INK, "xtick.color": INK, "ytick.color": INK, "axes.spines.top": False,
    "axes.spines.right": False, "grid.color": INK, "grid.alpha": 0.25, "grid.linewidth": 0.5,
}
NO_METADATA = dict.fromkeys(["Creator", "Date", "Format", "Type"])


def short(number):
    """10000 as 10 k."""
    for unit, name in ((1e6, " M"), (1e3, " k")):
        if number >= unit:
            return f"{number / unit:g}{name}"
    return f"{number:g}"


def ticks(values):
    """Powers of ten within the values, or all of them if there are hardly any."""
    powers = [10 ** n for n in range(9) if min(values) <= 10 ** n <= max(values)]
    return powers if len(powers) > 1 else sorted(values)


def draw_one(plot, points, key, unit, colour):
    points = [point for point in points if median(point["runs"], key) is not None]
    if not points:
        return
    xs = [point["value"] for point in points]
    ys = [median(point["runs"], key) / unit for point in points]
    own = [[of[key] / unit for of in point["runs"] if of[key] is not None] for point in points]
    whole = [not any(of["merged"] or of["lost"] for of in point["runs"]) for point in points]
    plot.plot(xs, ys, color=colour, linewidth=1.5)
    plot.vlines(xs, [min(ys) for ys in own], [max(ys) for ys in own], color=colour, linewidth=1)
    for style, wanted in (("full", True), ("none", False)):
        chosen = [(x, y) for x, y, is_whole in zip(xs, ys, whole) if is_whole == wanted]
        plot.plot(*zip(*chosen) if chosen else ([], []), "o", markersize=4.5, color=colour,
                  fillstyle=style)
    plot.set_xticks(ticks(xs))


def draw(axes, titles, path):
    with plt.rc_context(STYLE):
        figure, plots = plt.subplots(len(ROWS), len(axes), sharex="col", sharey="row",
                                     figsize=(2.4 * len(axes) + 0.8, 4.4), squeeze=False)
        for column, (axis, points) in enumerate(axes.items()):
            for plot, (key, unit, title, colour) in zip(plots[:, column], ROWS):
                plot.set_xscale("log")
                plot.set_yscale("log")
                draw_one(plot, points, key, unit, colour)
                plot.xaxis.set_minor_locator(NullLocator())
                plot.xaxis.set_major_formatter(FuncFormatter(lambda x, _: short(x)))
                plot.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
                plot.yaxis.set_minor_locator(NullLocator())
                plot.yaxis.set_major_formatter(FuncFormatter(lambda y, _: f"{y:g}"))
                plot.tick_params(left=False, bottom=False)
                plot.margins(x=0.12)
                plot.grid(True)
                if column == 0:
                    plot.set_ylabel(title)
            plots[-1, column].set_xlabel(titles[axis])
        figure.tight_layout()
        os.makedirs(os.path.dirname(path) or ".", exist_ok=True)
        figure.savefig(path, transparent=True, metadata=NO_METADATA)
        plt.close(figure)
