"""A chart of images a second."""

import matplotlib
from matplotlib.figure import Figure
from matplotlib.ticker import StrMethodFormatter

from ferkeras.plots import save_chart


def words(rate, first):
    """A rate, and how many times another it is, where there is another."""
    text = f"{rate:,.0f}" if rate >= 100 else f"{rate:.3g}"
    return f"{text}  (×{rate / first:.2f})" if first else text


def rates_png(found, title, path):
    """Draw images a second of networks, a line for each way of training.

    Beside each stands how many times that of the network's first way it is.

    Args:
        found: dict of network -> dict of way -> images a second, or None; some
            are numbers.
        title: heading.
        path: PNG file to write.
    """
    ways = [
        way
        for way in next(iter(found.values()))
        if any(rates[way] for rates in found.values())
    ]
    found = {k: v for k, v in found.items() if any(v.values())}
    every = [v for rates in found.values() for v in rates.values() if v]
    left, right = min(every) / 2, max(every)
    height = 1.5 + len(found) * (0.3 + 0.2 * len(ways))
    figure = Figure(figsize=(9, height), dpi=110, layout="constrained")
    axes = figure.subplots()
    colours = matplotlib.colormaps["tab10"].colors
    step = 0.8 / len(ways)
    for index, way in enumerate(ways):
        offset = (index - (len(ways) - 1) / 2) * step
        places = [
            (place + offset, rates[way], rates[ways[0]] if index else None)
            for place, rates in enumerate(found.values())
            if rates[way]
        ]
        heights, values, _ = zip(*places, strict=True)
        colour = colours[index]
        axes.hlines(heights, left, values, color=colour, lw=1.5, alpha=0.5)
        axes.plot(values, heights, "o", color=colour, label=way)
        for height, value, first in places:
            axes.annotate(
                words(value, first),
                (value, height),
                (8, 0),
                textcoords="offset points",
                va="center",
                fontsize="small",
            )
    axes.set_xscale("log")
    axes.xaxis.set_major_formatter(StrMethodFormatter("{x:,g}"))
    # Room for the words of the fastest.
    axes.set_xlim(left, right * (right / left) ** 0.3)
    axes.set_yticks(range(len(found)), found)
    axes.set_ylim(len(found) - 0.5, -0.5)
    axes.grid(axis="x", alpha=0.3)
    axes.spines[["top", "right"]].set_visible(False)
    axes.set(
        xlabel=f"images a second, logarithmic (×: over {ways[0]})", title=title
    )
    figure.legend(loc="outside lower center", ncols=len(ways), frameon=False)
    save_chart(figure, path)
