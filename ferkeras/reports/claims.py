"""What papers say of two rows, as measured, for the report."""

import math

from ferkeras.reports.chart import Group, Mark
from ferkeras.reports.number_words import signed
from ferkeras.reports.tables import table
from ferkeras.scoring.verdicts import CLOSE, holm

COMPARISON_HEAD = [
    "claim",
    "row",
    "than",
    "protocol",
    "reported",
    "difference",
    "95 % interval",
    "pairs",
    "p",
    "p, Holm",
    "McNemar, p < 0.05",
    "verdict",
]
HOW = (
    "Differences of the tables' scores, or of what a claim names, between runs "
    "of one seed, with Student's t over those pairs, over folds as corrected "
    "by Nadeau and Bengio. A claim holds where the interval lies above zero, "
    "and does not hold where it lies below; one that rows are alike, where it "
    f"lies within {CLOSE} of zero, and not where it lies outside. Where two "
    "rows start from different pre-trainings, the runs from one of these are "
    "one pair; where there is one, or a network has not learned, there is no "
    "verdict. "
    "Beside it, McNemar's exact test on the images that one network of a pair "
    "has right and the other has not, at the epoch of the scores where the "
    "predictions there were kept, else at the best one.\n"
)


def chance(p):
    """A chance as printed, or a dash."""
    if p is None or math.isnan(p):
        return "–"
    return f"{p:.2g}" if p >= 1e-4 else "< 0.0001"


def mcnemars(found):
    """McNemar's p of one pair of runs, or how many of them are below 0.05."""
    if len(found) < 2:
        return f"p = {found[0]:.2g}" if found else "–"
    return f"{sum(p < 0.05 for p in found)} of {len(found)}"


def of_score(name, score):
    """A row's name, and which of its scores."""
    return f"{name} ({score})" if score else name


def comparison_row(comparison, protocol, found, corrected):
    """A line of the table of claims that compare rows."""
    low_high = " to ".join(map(signed, found.interval or ())) or "–"
    score, than_score = comparison.scores
    return [
        comparison.words,
        of_score(comparison.row, score),
        of_score(comparison.than, than_score),
        protocol.name,
        signed(found.reported),
        signed(found.mean),
        low_high,
        str(found.pairs),
        chance(found.chance),
        chance(corrected),
        mcnemars(found.chances),
        found.verdict,
    ]


def rows_of(comparison):
    """What a claim compares, in words."""
    score, than_score = comparison.scores
    return (
        f"{of_score(comparison.row, score)} "
        f"{'as' if comparison.alike else 'over'} "
        f"{of_score(comparison.than, than_score)}"
    )


def comparisons(paper, found):
    """Markdown of a paper's claims that compare rows, as `measured`."""
    known = [comparison for comparison, *_ in found]
    waiting = [rows_of(each) for each in paper.comparisons if each not in known]
    parts = []
    if found:
        tested = [x.chance for *_, x in found if x.chance is not None]
        chances = holm(tested)
        corrected = iter(chances)
        rows = [
            comparison_row(
                comparison,
                protocol,
                each,
                None if each.chance is None else next(corrected),
            )
            for comparison, protocol, each in found
        ]
        parts = [HOW, table(COMPARISON_HEAD, rows)]
    if found and tested:
        parts.append(
            f"Tested here: {len(tested)}, each at its own 5 %. After Holm's "
            "correction for all of them together, below 5 % are "
            f"{sum(x < 0.05 for x in chances) or 'none'}.\n"
        )
    if waiting:
        parts.append(f"No pair of runs yet: {'; '.join(waiting)}.\n")
    return "\n".join(parts)


def forest(found):
    """Groups of a chart: paired differences, as `measured`, claim by claim."""
    groups = {}
    for comparison, protocol, each in found:
        word = each.verdict.partition(":")[0]
        mark = Mark(
            f"{rows_of(comparison)}, {protocol.name}",
            f"{signed(each.mean)}, {word}",
            word,
            each.mean,
            each.interval,
            each.reported,
        )
        groups.setdefault(comparison.words, []).append(mark)
    return [
        Group(words, marks, unit="points") for words, marks in groups.items()
    ]
