"""What papers say of their rows, as measured, for the report."""

import numpy as np

from ferkeras.papers.comparisons import mcnemar, paired
from ferkeras.reports.chart import Group, Mark
from ferkeras.reports.number_words import signed
from ferkeras.reports.tables import table
from ferkeras.runs.predictions import answers, at_epoch, confusion
from ferkeras.scoring.verdicts import CLOSE, holm

STATEMENT_HEAD = ["statement", "row", "protocol", "measured", "holds"]
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
NOT_LEARNED = "a network has not learned"
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


def pre_trained(line):
    """Of each complete run, by its seed: the runs of other rows under it.

    Returns:
        dict of seeds to tuples of the names and digests of those runs.
    """
    return {
        unit.seed: tuple(
            (start["row"], start["digest"])
            for start in entry.get("started_from", ())
            if "row" in start
        )
        for unit, entry in line.complete
    }


def averaged(scores, groups):
    """Means of the scores of the seeds of each group.

    Args:
        scores: dict of seeds to scores.
        groups: dict of seeds to groups.
    """
    return {
        group: np.mean([scores[k] for k, of in groups.items() if of == group])
        for group in groups.values()
    }


def difference(line, than, comparison):
    """How far a row is above another one of the same protocol.

    Args:
        line: `Line`.
        than: `Line` of the row that it is compared with; the same, where two
            scores of one row are compared.
        comparison: `ferkeras.papers.comparisons.Comparison`.

    Returns:
        `ferkeras.papers.comparisons.Difference`, or None where no seed is
        common.
    """
    ours, theirs = (
        x.by_seed(score)
        for x, score in zip((line, than), comparison.scores, strict=True)
    )
    seeds = sorted({*ours} & {*theirs})
    if not seeds:
        return None
    starts = pre_trained(line), pre_trained(than)
    apart = {seed: tuple(x[seed] for x in starts) for seed in seeds}
    # Runs from one pre-training are one sample of what that does.
    overlap = line.protocol.overlap
    if any(first != second for first, second in apart.values()):
        ours, theirs = averaged(ours, apart), averaged(theirs, apart)
        # A mean over runs varies less; what folds share does not.
        overlap *= len(seeds) / len(ours)
    found = paired(ours, theirs, overlap)
    doubt = ""
    if {*seeds} & {*line.failed, *than.failed}:
        doubt = NOT_LEARNED
    elif found.pairs < min(len(seeds), 2):
        doubt = "one pre-training"
    return found._replace(
        reported=reported(line, than, comparison),
        chances=discordant(line, than, seeds, comparison),
        # That rows are alike is no test of a difference, nor is a doubtful one.
        chance=None if comparison.alike or doubt else found.chance,
        doubt=doubt,
        alike=comparison.alike,
    )


def discordant(line, than, seeds, comparison):
    """McNemar's p of each pair of runs that were scored on the same images."""
    if any(comparison.scores):
        return ()
    ours, theirs = answers(line), answers(than)
    return tuple(
        mcnemar(ours[seed][1], theirs[seed][1])
        for seed in seeds
        if seed in ours and seed in theirs and ours[seed][0] == theirs[seed][0]
    )


def reported(line, than, comparison):
    """The paper's difference, or None where it does not give both numbers."""
    if comparison.reported is not None:
        return comparison.reported

    def number(x, score):
        printed = x.row.reported
        if score != "generalisation":
            return printed.get(score or x.metric)
        if "training" in printed:
            return printed[x.metric] - printed["training"]
        return None

    numbers = list(map(number, (line, than), comparison.scores))
    return None if None in numbers else numbers[0] - numbers[1]


def chance(p):
    """A chance as printed, or a dash."""
    return "–" if p is None else f"{p:.2g}" if p >= 1e-4 else "< 0.0001"


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


def measured(paper, lines):
    """A paper's claims that compare rows, under each protocol of both.

    Returns:
        list of `(Comparison, Protocol, Difference)`.
    """
    known = {(line.row.name, line.protocol): line for line in lines}
    found = []
    for comparison in paper.comparisons:
        for (name, protocol), line in known.items():
            than = known.get((comparison.than, protocol))
            if name == comparison.row and than:
                each = difference(line, than, comparison)
                found += [(comparison, protocol, each)] if each else []
    return found


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
        corrected = iter(holm(tested))
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
            f"Tested here: {len(tested)}, each at its own 5 %; the chances "
            "after Holm's correction are of all of them together.\n"
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


def statements(paper, lines):
    """Markdown of a paper's statements, measured on what is recorded."""
    rows, known = [], set()
    for statement in paper.statements:
        for line in lines:
            if line.row.name != statement.row or not line.complete:
                continue
            class_names = line.complete[0][1]["dataset"]["class_names"]
            text, holds = statement.measure(confusion(line), class_names)
            name, protocol = line.row.name, line.protocol.name + at_epoch(line)
            holds = "yes" if holds else "no"
            if line.failed:
                holds = f"no verdict: {NOT_LEARNED}"
            rows.append([statement.words, name, protocol, text, holds])
            known.add(name)
    waiting = dict.fromkeys(
        statement.row
        for statement in paper.statements
        if statement.row not in known
    )
    text = table(STATEMENT_HEAD, rows) if rows else ""
    if waiting:
        text += f"\nNo run yet to measure it on: {'; '.join(waiting)}.\n"
    return text
