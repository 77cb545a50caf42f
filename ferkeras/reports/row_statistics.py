"""A row under a protocol, as statistics of its records."""

from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import numpy as np

from ferkeras.papers.experiment import Experiment
from ferkeras.papers.paired_tests import interval
from ferkeras.papers.paper import Paper, Table, Unit
from ferkeras.papers.protocol import Protocol
from ferkeras.reports.listing import INCOMPLETE, NOT_RUN, RECORDED, WAITING
from ferkeras.runs.record import commonest, path_of
from ferkeras.runs.run_folder import read_history
from ferkeras.scoring.verdicts import Printed, centred, judge

# Points: a network that has no more on its training images than this over the
# share of their commonest class has not learned.
LEARNED = 5


@dataclass(frozen=True)
class Line:
    """A row under a protocol, and what was recorded of it.

    Attributes:
        paper: the `Paper`.
        results: the folder of results.
        table: the `Table`.
        row: the `Experiment`.
        protocol: the `Protocol`.
        complete: `(Unit, record)` of each run that trained to its end.
        cut_short: the same of each run that was stopped before.
        has_data: whether a record of the paper is on the row's dataset, and
            the row needs nothing else, so that runs that are missing wait only
            for their turn.
        others: where it is `judged`, variances over runs of the other rows of
            the table, and their degrees of freedom.
    """

    paper: Paper
    results: Path
    table: Table
    row: Experiment
    protocol: Protocol
    complete: list[tuple[Unit, dict]]
    cut_short: list[tuple[Unit, dict]]
    has_data: bool
    others: tuple[tuple[float, int], ...] = ()

    @property
    def metric(self):
        """Name of the score that the row is judged by."""
        return self.row.task.metric

    @cached_property
    def with_histories(self):
        """`(record, history)` of each complete run, a history as read."""
        return [
            (entry, read_history(path_of(self.results, unit, ".history.csv")))
            for unit, entry in self.complete
        ]

    @cached_property
    def values(self):
        """Test scores, accuracy in percent, one a complete run.

        Those that the paper's number is of: of the last epoch, where the paper
        quotes one that nothing chose, else of the chosen one.
        """
        if self.protocol.at_last_epoch:
            return self.at_last_epoch(self.metric)
        return self.scores(self.metric)

    def scores(self, name):
        """One of the scores at the chosen epoch, one a complete run.

        Args:
            name: key of a record's `scores`, and after a `/` of one of them.
        """
        found = [entry["scores"] for _, entry in self.complete]
        for key in name.split("/"):
            found = [scores[key] for scores in found]
        return found

    def at_last_epoch(self, name):
        """One of the scores at the last epoch, one a complete run.

        Raises:
            KeyError: for records older than these scores, where the images
                that are scored did not choose the epoch: of those that did,
                the history has the score.
        """
        return [
            self.row.task.scale * history[-1][f"val_{name}"]
            if self.protocol.selects_on_test
            else entry["scores_at_last_epoch"][name]
            for entry, history in self.with_histories
        ]

    @property
    def chosen(self):
        """The same runs at their best epochs, without a verdict."""
        protocol = replace(self.protocol, at_last_epoch=False, papers=False)
        return replace(self, protocol=protocol)

    @property
    def training(self):
        """Training accuracy at the epoch of `values`, percent, one a run.

        As training goes, with what dropout and augmentation there is.
        """
        scale, last = self.row.task.scale, self.protocol.at_last_epoch
        return [
            scale
            * history[-1 if last else entry["epochs"]["best"] - 1][self.metric]
            for entry, history in self.with_histories
        ]

    @cached_property
    def failed(self):
        """Seeds of the complete runs whose networks have not learned.

        By their training accuracy, which is no higher than `LEARNED` points
        over the share of the commonest class.
        """
        if not self.row.task.classifies or not self.row.recipe.epochs:
            return []
        return [
            unit.seed
            for (unit, entry), found in zip(
                self.complete, self.training, strict=True
            )
            if found <= commonest(unit, entry) + LEARNED
        ]

    def by_seed(self, score=""):
        """A dict of scores by the runs' seeds.

        Args:
            score: as of `ferkeras.papers.comparison.Comparison`.
        """
        if score == "generalisation":
            found = np.subtract(self.values, self.training).tolist()
        else:
            found = self.scores(score) if score else self.values
        seeds = [unit.seed for unit, _ in self.complete]
        return dict(zip(seeds, found, strict=True))

    @property
    def of_epochs(self):
        """The score at the chosen epoch and at the last, means over runs.

        Returns:
            `(2, 2)`, of complete runs: on the images that choose the epoch,
            and on the training images as training goes, with dropout and
            augmentation.
        """
        runs = [
            [(history[entry["epochs"]["best"] - 1][k], history[-1][k])
             for k in (f"val_{self.metric}", self.metric)]
            for entry, history in self.with_histories
        ]  # fmt: skip
        return self.row.task.scale * np.mean(runs, axis=0)

    @property
    def mean(self):
        """Mean of `values`, or None."""
        return float(np.mean(self.values)) if self.values else None

    @property
    def sd(self):
        """Standard deviation over runs (n - 1), or None below two runs."""
        if len(self.values) < 2:
            return None
        return float(np.std(self.values, ddof=1))

    @property
    def interval(self):
        """95 % interval of the mean by Student's t over runs, or None."""
        return interval(self.values, self.protocol.overlap)

    @property
    def variance(self):
        """Of one run, `centred`.

        None below two, or where one has failed or has no number.
        """
        finite = np.isfinite(self.values).all()
        if self.sd is None or self.failed or not finite:
            return None
        return centred(self.values)

    @property
    def printed(self):
        """The paper's number as `ferkeras.scoring.verdicts` takes it."""
        numbers, others = self.row.reported, self.protocol.others
        return Printed(
            numbers[self.metric],
            numbers.get("runs", self.protocol.folds or 1),
            numbers["max"] - numbers["min"] if "min" in numbers else None,
            others.images if others else 0,
            others.pool if others else 0,
        )

    @property
    def judged(self):
        """Whether there is a number of the paper's to judge here.

        There is none under a protocol that is not the paper's, and none for
        drawn faces.
        """
        return (
            self.of_paper
            and self.metric in self.row.reported
            and not synthetic([self])
        )

    @property
    def of_paper(self):
        """Whether the protocol is the one that the paper's number is of."""
        under = self.row.judged_under
        return self.protocol.name == under if under else self.protocol.papers

    @cached_property
    def judgement(self):
        """`ferkeras.scoring.verdicts.Judgement` of the paper's number, or None.

        There is none where it is not `judged`, before there are runs enough,
        and where a network has not learned.
        """
        if not self.judged or self.failed or self.status() != RECORDED:
            return None
        _, first = self.complete[0]
        images = first["dataset"]["images"][self.protocol.test]
        # What differs from fold to fold has the drawing of images in it.
        drawn = self.row.task.classifies and not self.protocol.folds
        return judge(
            self.values,
            self.printed,
            others=[variance for variance, _ in self.others],
            known=sum(freedom for _, freedom in self.others),
            overlap=self.protocol.overlap,
            images=images if drawn else 0,
            trained=bool(self.row.recipe.epochs),
        )

    @property
    def verdict(self):
        """What became of the paper's number: that of `judgement`.

        Or `failed`, where a network has not learned; before there are runs
        enough, `waiting`; before any, the `status`. Empty where it is not
        `judged`.
        """
        if self.judgement or not self.judged:
            return self.judgement.verdict if self.judgement else ""
        if self.failed:
            return "failed"
        if not self.values:
            return self.status()
        # One run, and no other row of the table tells of its noise.
        return "undecided" if self.status() == "recorded" else "waiting"

    def status(self):
        """One of `ferkeras.reports.listing.STATUSES`, by the records alone."""
        if len(self.complete) >= self.table.runs:
            return RECORDED
        if self.complete:
            return WAITING
        if self.cut_short:
            return INCOMPLETE
        return WAITING if self.has_data else NOT_RUN

    def as_json(self):
        """What the list says of it, a dict of plain values."""
        return {
            "paper": self.paper.key,
            "table": self.table.name,
            "row": self.row.name,
            "dataset": self.row.dataset,
            "protocol": self.protocol.name,
            "metric": self.metric,
            "reported": self.row.reported.get(self.metric),
            "mean": self.mean,
            "sd": self.sd,
            "runs": len(self.values),
            "status": self.status(),
            "verdict": self.verdict,
        }


def synthetic(lines):
    """Whether any record of these lines is of drawn faces."""
    return any(
        entry["dataset"]["synthetic"]
        for line in lines
        for _, entry in line.complete + line.cut_short
    )
