"""Records -> `results/<paper>.md` and its pictures.

The words and their order are in `templates/report.md`.
"""

from collections import Counter
from functools import partial
from pathlib import Path

from ferkeras.files import write_whole
from ferkeras.papers.descriptions import slug
from ferkeras.reports import chart, how_to_run, parameters
from ferkeras.reports.claims import comparisons, forest
from ferkeras.reports.measured_claims import measured
from ferkeras.reports.number_words import reproduced_text
from ferkeras.reports.numbers import numbers
from ferkeras.reports.other_scores import OTHER_HEAD, other_rows
from ferkeras.reports.pictures import Picture, of_figure, of_table
from ferkeras.reports.provenance_table import PROVENANCE_HEAD, provenance_row
from ferkeras.reports.row_statistics import LEARNED, synthetic
from ferkeras.reports.statement_table import statements
from ferkeras.reports.summary import once, summarise
from ferkeras.reports.tables import (
    EPOCHS_HEAD,
    RUN_HEAD,
    epochs_row,
    result_table,
    run_rows,
    table,
)
from ferkeras.scoring.verdicts import CLOSE, PRIOR_FREEDOM, WIDEST

# What the words on the method have in them.
METHOD = {
    "close": CLOSE,
    "learned": LEARNED,
    "prior_freedom": PRIOR_FREEDOM,
    "widest": WIDEST,
}
CHARTS = ".svg"


def group_of(of_paper, part, found):
    """A table's numbers as a `ferkeras.reports.chart.Group`.

    Args:
        of_paper: a `Table`.
        part: its list of `Line`.
        found: what `numbers` returned.
    """
    judged = {number.judged.row.name: number.mark for number in found}
    marks = []
    for line in part:
        mark = judged.get(line.row.name)
        if mark and line.judged:
            marks.append(mark)
        # A clean line stands beside the judged one.
        elif line.values and not (mark and line.protocol.name == "clean"):
            name = line.row.name
            if len(of_paper.protocols) > 1:
                name += f", {line.protocol.name}"
            words = reproduced_text(line)
            mean, interval = line.mean, line.interval
            marks.append(chart.Mark(name, words, "of ours", mean, interval))
    unit = "%" if part[0].row.task.classifies else "dB"
    return chart.Group("", marks, unit=unit)


def draw_chart(svg, path):
    """Write a chart to a file of its own."""
    write_whole(path, svg())


def provenance(lines, kind):
    """Markdown on the runs of lines that are `complete` or `cut_short`."""
    runs = (x for line in lines for x in getattr(line, kind))
    rows = [provenance_row(unit, entry) for unit, entry in runs]
    return rows and table(PROVENANCE_HEAD, rows)


class Contents:
    """What a paper's report shows.

    Attributes:
        lines: list of `Line`, what `summarise` returned.
        charts: dict of paths, relative to the results, to functions that draw
            them, as `ferkeras.reports.chart.draw` with a layout.
        pictures: list of `Picture`, those of the charts too.
        values: what the template is given.
    """

    def __init__(self, paper, results):
        self.paper, self.results = paper, results
        self.charts, self.pictures = {}, []
        self.lines = lines = summarise(paper, results)
        self.numbers = numbers(paper, results)
        single = once(lines)
        parts = [self.part(x, lines, single) for x in paper.tables]
        found = measured(paper, single)
        figures = {
            figure.name: self.show(of_figure(figure, single))
            for figure in paper.figures
        }
        known = {comparison for comparison, *_ in found}
        waiting = len(paper.comparisons) - len(known)
        title = f"{paper.key}: one row over another, and the paper's difference"
        self.values = {
            "paper": paper,
            "synthetic": synthetic(lines),
            "first": [x for x in parts if x["chart"] and x["reported"]],
            "rest": {
                "Tables of ours": [
                    x for x in parts if x["chart"] and not x["reported"]
                ],
                "Tables without a run": [x for x in parts if not x["chart"]],
            },
            "forest": self.chart("claims", title, forest(found), zero=True),
            "claims": f"{len(known)} with runs of both, {waiting} without",
            "comparisons": comparisons(paper, found),
            "statements": statements(paper, single),
            "figures": {k: paths for k, paths in figures.items() if paths},
            "alts": {x.path: x.alt for x in self.pictures},
            "details": self.details(single),
            "provenance": provenance(single, "complete"),
        }

    def show(self, pictures):
        """Take pictures in, and return their paths."""
        self.pictures += pictures
        return [picture.path for picture in pictures]

    def chart(self, name, title, groups, **how):
        """Take a chart in and return its path; None where it has no marks."""
        if not any(group.marks for group in groups):
            return None
        path = f"{self.paper.key}/{name}{CHARTS}"
        svg = partial(chart.draw, title, groups, **how)
        self.charts[path] = svg
        self.pictures.append(Picture(title, path, partial(draw_chart, svg)))
        return path

    def part(self, of_paper, lines, single):
        """What is shown of a table."""
        part = [line for line in lines if line.table == of_paper]
        like = next(
            x for x in self.paper.tables if x.protocols == of_paper.protocols
        )
        shown = group_of(of_paper, part, self.numbers)
        runs = [row for line in part for row in run_rows(line)]
        # Of one epoch there is no choice.
        epochs = [
            epochs_row(line)
            for line in part
            if line.row.recipe.epochs > 1
            and (line.complete or "training" in line.row.reported)
        ]
        others = [row for line in part for row in other_rows(line)]
        # Of a row in several tables, the first has the pictures.
        own = [x for x in single if x.table == of_paper]
        status = Counter(
            "begun" if x.values and x.status() == "waiting" else x.status()
            for x in part
        )
        name, title = slug(of_paper.name), f"{self.paper.key}, {of_paper.name}"
        return {
            "table": of_paper,
            "reported": any(line.row.reported for line in part),
            "same_protocols": "" if like is of_paper else like.name,
            "chart": self.chart(name, title, [shown]),
            "results": result_table(part),
            "runs": runs and table(RUN_HEAD, runs),
            "epochs": epochs and table(EPOCHS_HEAD, epochs),
            "others": others and table(OTHER_HEAD, others),
            "pictures": self.show(of_table(of_paper, own)),
            "count": ", ".join(f"{n} {k}" for k, n in status.items()),
        }

    def details(self, lines):
        """Titles and Markdown of what is there on demand; may be empty."""
        open_choices = ""
        rows = self.paper.rows
        for choices in dict.fromkeys(row.recipe.assumed for row in rows):
            names = [r.name for r in rows if r.recipe.assumed == choices]
            words = "; ".join(choices)
            open_choices += f"- *{'; '.join(names)}*: {words}.\n"
        return {
            "Parameters": parameters.section(self.paper),
            "What the paper leaves open": open_choices,
            "What is not run, and how to": how_to_run.section(
                self.paper, lines, self.results
            ),
            "Runs cut short": provenance(lines, "cut_short"),
        }


def written(contents, alone=True):
    """The text of a report.

    Args:
        contents: `Contents`.
        alone: whether it is a file of its own, which explains itself.
    """
    values = METHOD | contents.values
    template = chart.ENVIRONMENT.get_template("report.md")
    text = template.render(values, alone=alone)
    # Blocks of Markdown are a line apart, whatever was left out between them.
    while "\n\n\n" in text:
        text = text.replace("\n\n\n", "\n\n")
    return text.rstrip() + "\n"


def render(paper, results):
    """The text of a paper's report.

    Args:
        paper: a `Paper`.
        results: folder of results.

    Returns:
        Markdown; a function of the records and the paper's file only.
    """
    return written(Contents(paper, results))


def write_report(paper, results):
    """Write a paper's report and pictures, and remove those it has no more.

    Returns:
        `pathlib.Path` of the report.
    """
    results = Path(results)
    contents = Contents(paper, results)
    for picture in contents.pictures:
        picture.write(results)
    shown = {results / picture.path for picture in contents.pictures}
    for path in (results / paper.key).rglob("*"):
        if path.suffix in (".png", CHARTS) and path not in shown:
            path.unlink(missing_ok=True)
    path = results / f"{paper.key}.md"
    write_whole(path, written(contents))
    return path
