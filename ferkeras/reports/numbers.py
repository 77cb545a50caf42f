"""The numbers that papers print, and what became of each."""

from collections import Counter
from dataclasses import dataclass

from ferkeras.papers.paper import Paper
from ferkeras.reports.chart import SHAPES, Group, Mark
from ferkeras.reports.number_words import (
    percent,
    printed,
    reported_text,
    reproduced_text,
    signed,
    verdict_text,
)
from ferkeras.reports.row_statistics import Line
from ferkeras.reports.summary import once, summarise
from ferkeras.reports.tables import table

HEAD = [
    "paper",
    "row",
    "reported",
    "verdict",
    "paper's protocol",
    "clean protocol",
    "best epoch over last",
    "table",
]


@dataclass(frozen=True)
class Number:
    """A number that a paper prints.

    Attributes:
        paper: the `Paper`.
        judged: its row's `Line` under the paper's protocol, or its first.
        clean: the same under the clean one, which may be the same line; None
            for weights that others trained.
        tables: names of the tables that it stands in.
    """

    paper: Paper
    judged: Line
    clean: Line | None
    tables: list[str]

    @property
    def ours(self):
        """Whether it is none of the paper's own."""
        return self.judged.table.ours

    @property
    def verdict(self):
        """What became of it, in a word or two; of drawn faces, nothing."""
        return self.judged.verdict or self.judged.status()

    @property
    def cells(self):
        """A line of the table of all numbers, a cell for each of `HEAD`.

        Raises:
            ValueError: where none of a row's protocols is the paper's.
        """
        judged, adds = self.judged, "–"
        if not judged.of_paper:
            raise ValueError(
                f"{self.paper.key} reports a number of {judged.row.name!r}, "
                "and none of the row's protocols has `papers=True`."
            )
        if judged.protocol.selects_on_test and judged.complete:
            (chosen, last), _ = judged.of_epochs
            adds = signed(chosen - last)
        same = judged == self.clean
        return [
            f"[{self.paper.key}]({self.paper.key}.md)",
            judged.row.name,
            reported_text(judged.row),
            verdict_text(judged),
            "the clean one" if same else reproduced_text(judged),
            reproduced_text(self.clean) if self.clean else "–",
            adds,
            "; ".join(self.tables),
        ]

    @property
    def mark(self):
        """Its line of a chart, or None before there is a verdict.

        The interval is that of the difference, around our mean: where it
        covers the paper's number, it holds zero.
        """
        line = self.judged
        if line.verdict not in SHAPES:
            return None
        interval = None
        if line.judgement:
            number = line.printed.mean
            interval = tuple(number + x for x in line.judgement.interval)
        clean = None if self.clean == line or not self.clean else self.clean
        words = f"{printed(line.printed.mean)} → {percent(line.mean)}"
        return Mark(
            line.row.name,
            f"{words}, {line.verdict}",
            line.verdict,
            line.mean,
            interval,
            line.printed.mean,
            clean.mean if clean else None,
        )


def numbers(paper, results):
    """The numbers that a paper prints, a list of `Number`.

    Args:
        paper: a `Paper`.
        results: folder of results.
    """
    lines = summarise(paper, results)
    single, found = once(lines), {}
    for line in single:
        row = line.row
        if row.task.metric not in row.reported or row.name in found:
            continue
        of_row = {x.protocol.name: x for x in single if x.row == row}
        judged = next((x for x in of_row.values() if x.of_paper), line)
        tables = dict.fromkeys(x.table.name for x in lines if x.row == row)
        clean = of_row.get("clean")
        found[row.name] = Number(paper, judged, clean, [*tables])
    return list(found.values())


def counts(found):
    """How many of the numbers came out how: a dict, the commonest first."""
    return dict(Counter(number.verdict for number in found).most_common())


def in_words(found):
    """`counts` of numbers, in words."""
    return ", ".join(f"{n} {word}" for word, n in counts(found).items())


def groups(found):
    """Groups of a chart: numbers by paper, and those that others print.

    Numbers in other units than percent have an axis of their own.
    """
    marks, rest, units = {}, {}, {}
    for each in found:
        title = each.paper.key
        title += ", numbers that others print" * each.ours
        mark = each.mark
        if mark and not each.judged.row.task.classifies:
            title += ", signal to noise"
            units[title] = "dB"
        marks.setdefault(title, [])
        if mark:
            marks[title].append(mark)
        else:
            rest.setdefault(title, []).append(each)
    return [
        Group(
            title,
            drawn,
            "and " * bool(drawn) + in_words(rest[title])
            if title in rest
            else "",
            units.get(title, "%"),
        )
        for title, drawn in marks.items()
    ]


def index(found):
    """Markdown of all numbers, those that others print apart."""
    papers = [x for x in found if not x.ours]
    others = [x for x in found if x.ours]
    text = table(HEAD, [number.cells for number in papers])
    if others:
        text += "\nNumbers that others print, of networks used here:\n\n"
        text += table(HEAD, [number.cells for number in others])
    return text
