"""Which images train, choose the checkpoint and are scored."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Protocol:
    """One way of using a dataset's splits.

    Attributes:
        name: `"paper"` or `"clean"`.
        train: name of the split that is trained on.
        select: split whose accuracy chooses the epoch.
        test: split that is scored.
        note: one sentence for the report: why so, and whether it leaks.
    """

    name: str
    train: str
    select: str
    test: str
    note: str

    @property
    def selects_on_test(self) -> bool:
        """Whether the scored images also chose the epoch."""
        return self.select == self.test
