"""How far one row is above another, over the runs of both."""

import numpy as np

from ferkeras.papers.paired_tests import mcnemar, paired
from ferkeras.runs.predictions import answers

NOT_LEARNED = "a network has not learned"


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
        comparison: `ferkeras.papers.comparison.Comparison`.

    Returns:
        `ferkeras.papers.comparison.Difference`, or None where no seed is
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
