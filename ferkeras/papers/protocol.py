"""Which images train, choose the checkpoint and are scored."""

from dataclasses import dataclass, replace

from ferkeras.data import Fold, HoldOut
from ferkeras.data.split_steps import Step


@dataclass(frozen=True)
class Others:
    """What a paper scored, where that was not what is scored here.

    Attributes:
        images: how many the paper scored.
        pool: how many both drew theirs from at random; 0 where the paper's
            came from elsewhere, such as other frames of the same sequences.
    """

    images: int
    pool: int = 0


@dataclass(frozen=True)
class Protocol:
    """One way of using a dataset's splits.

    Attributes:
        name: `"paper"`; `"clean"`; where the paper does not say what it
            did, what it seems to have done, such as `"paper_like"`; for what
            chooses between recipes, `"trial"`; or, where nothing is trained,
            what is scored, such as `"both"`.
        train: name of the split, or part of one, that is trained on; empty
            for rows that train nothing.
        select: split whose accuracy chooses the epoch; likewise.
        test: split that is scored.
        note: one sentence for the report: why so, and whether it leaks.
        hold_outs: `HoldOut`, `Fold`, `Draw` or `Copies`: the parts to make of
            the published splits, in this order.
        papers: whether this is how the paper used its images, as far as can be
            known, so that its numbers are judged under it and no other.
        others: what the paper scored; None where it scored the same images.
        at_last_epoch: whether the paper's numbers are of the last epoch that
            the row trains for, not of the best one.
    """

    name: str
    train: str
    select: str
    test: str
    note: str
    hold_outs: tuple[Step, ...] = ()
    papers: bool = False
    others: Others | None = None
    at_last_epoch: bool = False

    @property
    def splits(self) -> tuple[str, ...]:
        """Names of the splits, or parts, that a run uses, each once."""
        names = self.train, self.select, self.test
        return tuple(dict.fromkeys(filter(None, names)))

    @property
    def training(self) -> tuple[str, tuple[Step, ...]]:
        """What decides the images that are trained on: split and steps."""
        wanted, steps = {self.train}, []
        for step in reversed(self.hold_outs):
            if wanted & {*step.makes}:
                steps.append(step)
                wanted.add(step.of)
        return self.train, tuple(steps)

    @property
    def selects_on_test(self) -> bool:
        """Whether the scored images also chose the epoch."""
        return self.select == self.test

    @property
    def folds(self) -> int:
        """Number of folds of which each run scores another; 0 where none."""
        return sum(
            step.folds
            for step in self.hold_outs
            if isinstance(step, Fold) and step.name == self.test
        )

    @property
    def overlap(self) -> float:
        """Images scored per image trained on, where runs are folds; else 0.

        Folds share training images, and a mean over them varies more than over
        independent runs: by this share of the variance, whatever their number.

        Reference: Nadeau and Bengio, Machine Learning 52, 2003.
        """
        if not self.folds:
            return 0.0
        share: dict[str, float] = {}
        for step in self.hold_outs:
            whole = share.get(step.of, 1.0)
            if isinstance(step, Fold | HoldOut):
                aside = 1 / step.folds if isinstance(step, Fold) else step.share
                share[step.of] = whole * (1 - aside)
                share[step.name] = whole * aside
        return share[self.test] / share.get(self.train, 1.0)

    @property
    def images(self) -> "Protocol":
        """Only what decides which images do what."""
        return replace(
            self, note="", papers=False, others=None, at_last_epoch=False
        )
