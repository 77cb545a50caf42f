"""Numbers beside numbers: a chart of marks with intervals, as SVG.

Places are percents of the width, so that one drawing fits any screen; what a
mark says, its shape says too, and not its colour alone.
"""

import textwrap
from dataclasses import dataclass

from jinja2 import (
    Environment,
    PackageLoader,
    StrictUndefined,
    select_autoescape,
)
from markupsafe import Markup
from matplotlib.ticker import MaxNLocator

# Paths of marks, about 11 pixels in size, by what the mark says.
CIRCLE = "M-5.5 0a5.5 5.5 0 1 0 11 0a5.5 5.5 0 1 0-11 0Z"
CROSS = "M-5-3L-3-5L0-2L3-5L5-3L2 0L5 3L3 5L0 2L-3 5L-5 3L-2 0Z"
SHAPES = {
    "reproduced": CIRCLE,
    "holds": CIRCLE,
    "higher": "M0-7L6.5 5H-6.5Z",
    "lower": "M0 7L6.5-5H-6.5Z",
    "does not hold": CROSS,
    "failed": CROSS,
    "undecided": "M0-6.5L6.5 0L0 6.5L-6.5 0Z",
    "no verdict": "M-4.5-4.5H4.5V4.5H-4.5Z",
    "of ours": CIRCLE,
}
# Letters of a label in one line, its height in pixels, and the least that an
# axis spans, in points or decibels.
LETTERS, LINE, NARROWEST = 42, 24, 4


@dataclass(frozen=True)
class Mark:
    """A line of a chart: a number of ours, and one that it is held against.

    Attributes:
        label: what it is of.
        words: the numbers in words.
        kind: a key of `SHAPES`.
        value: our number.
        interval: `(low, high)` around it, or None.
        reported: the paper's, or None.
        clean: ours under another protocol, or None.
    """

    label: str
    words: str
    kind: str
    value: float
    interval: tuple[float, float] | None = None
    reported: float | None = None
    clean: float | None = None

    @property
    def numbers(self):
        """All that there is to draw."""
        found = [self.value, *(self.interval or ()), self.reported, self.clean]
        return [x for x in found if x is not None]


@dataclass(frozen=True)
class Group:
    """Marks on one axis, under a heading.

    Attributes:
        title: heading.
        marks: list of `Mark`; may be empty.
        rest: what is not drawn, in words.
        unit: of the numbers.
    """

    title: str
    marks: list[Mark]
    rest: str = ""
    unit: str = "%"


@dataclass(frozen=True)
class Axis:
    """Numbers to places in percent of the axis; its ends are ticks."""

    ticks: list[float]

    def __call__(self, value):
        """Place of a number."""
        low, high = self.ticks[0], self.ticks[-1]
        return f"{100 * (value - low) / (high - low):.1f}%"


def axis_of(marks, zero=False):
    """The `Axis` that marks fit on, and zero where it is asked for."""
    numbers = [number for mark in marks for number in mark.numbers]
    numbers += [0.0] * zero
    low, high = min(numbers), max(numbers)
    # Of marks that are close, the axis does not show chance as distance.
    spare = max(NARROWEST - (high - low), 0) / 2
    ticks = MaxNLocator(4).tick_values(low - spare, high + spare)
    return Axis(ticks.tolist())


def placed(groups, zero):
    """Where groups and their lines stand in an SVG file.

    Returns:
        list of dicts that the templates read, and the height of it all.
    """
    shared = [mark for group in groups for mark in group.marks]
    found, y = [], 46
    for index, group in enumerate(groups):
        y += 22 if group.title else 0
        top, lines = y, []
        y += 12
        for mark in group.marks:
            label = textwrap.wrap(mark.label, LETTERS) or [""]
            height = LINE + 16 * (len(label) - 1)
            y += height
            lines.append({"mark": mark, "label": label, "y": y - height // 2})
        # Of groups on one axis, the last has its ticks.
        axis = axis_of(shared if zero else group.marks, zero) if lines else None
        labelled = bool(lines) and (not zero or index == len(groups) - 1)
        found.append(
            {
                "title": group.title,
                "rest": group.rest,
                "unit": group.unit,
                "y": top,
                "lines": lines,
                "bottom": y,
                "axis": axis,
                "ticks": axis.ticks if axis else [],
                "labelled": labelled,
            }
        )
        y += 22 if labelled else 4 if lines else -8
    return found, y + 10


def draw(title, groups, template="chart.svg", zero=False):
    """Draw a chart.

    Args:
        title: what it shows, for those who cannot see it.
        groups: list of `Group`.
        template: `"chart.svg"`, for a file of its own, or `"chart.html"`, for
            a page that has its styles.
        zero: whether the numbers are differences: all groups have one axis,
            on which zero is marked.

    Returns:
        SVG or HTML.
    """
    lines, height = placed(groups, zero)
    text = ENVIRONMENT.get_template(template).render(
        title=title,
        groups=lines,
        height=height,
        zero=zero,
        keys=keys(groups),
        shapes=SHAPES,
    )
    return Markup(text)


def keys(groups):
    """Entries of a legend: kinds of marks that there are, to their words."""
    marks = [mark for group in groups for mark in group.marks]
    kinds = {mark.kind for mark in marks}
    found = {kind: kind for kind in SHAPES if kind in kinds}
    if "of ours" in found:
        found["of ours"] = "our mean"
    if any(mark.clean is not None for mark in marks):
        found["clean"] = "ours, clean"
    if any(mark.reported is not None for mark in marks):
        found = {"reported": "the paper's"} | found
    return found


def number(value, sign):
    """A tick's label, of differences with their sign."""
    return f"{value:+g}" if sign and value else f"{value:g}"


ENVIRONMENT = Environment(
    loader=PackageLoader("ferkeras.reports"),
    autoescape=select_autoescape(default=True, disabled_extensions=("md",)),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=True,
)
ENVIRONMENT.filters |= {
    "number": number,
    "kebab": lambda words: words.replace(" ", "-"),
}
