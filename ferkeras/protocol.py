"""Which images train, choose the checkpoint and are scored."""

from dataclasses import dataclass

from ferkeras.data import Copies, Draw, Fold, HoldOut


@dataclass(frozen=True)
class Protocol:
    """One way of using a dataset's splits.

    Attributes:
        name: `"paper"`; `"clean"`; where the paper does not say what it
            did, what it seems to have done, such as `"paper_like"`; or, for
            what chooses between recipes, `"trial"`.
        train: name of the split, or part of one, that is trained on.
        select: split whose accuracy chooses the epoch.
        test: split that is scored.
        note: one sentence for the report: why so, and whether it leaks.
        hold_outs: `HoldOut`, `Fold`, `Draw` or `Copies`: the parts to make of
            the published splits, in this order.
    """

    name: str
    train: str
    select: str
    test: str
    note: str
    hold_outs: tuple[HoldOut | Fold | Draw | Copies, ...] = ()

    @property
    def selects_on_test(self) -> bool:
        """Whether the scored images also chose the epoch."""
        return self.select == self.test

    @property
    def overlap(self) -> float:
        """Images scored per image trained on, where runs are folds; else 0.

        Folds share training images, and a mean over them varies more than over
        independent runs: by this share of the variance, whatever their number.

        Reference: Nadeau and Bengio, Machine Learning 52, 2003.
        """
        folds = [x.folds for x in self.hold_outs if isinstance(x, Fold)]
        return 1 / (folds[0] - 1) if folds else 0.0
