"""Parts of a published split, drawn once for every run."""

from dataclasses import dataclass

import numpy as np
from sklearn.model_selection import train_test_split


@dataclass(frozen=True)
class HoldOut:
    """Images of a split, set aside under a name of their own.

    The split keeps the rest. Which images are set aside depends on their
    number and order in the dataset only: all rows, runs, backends and machines
    have the same.

    Attributes:
        name: what the images set aside are called.
        of: the split, or an earlier part, that they are taken from.
        share: share of its images to set aside, rounded up.
    """

    name: str
    of: str
    share: float

    def divide(self, faces):
        """Indices of the images that stay and of those set aside."""
        stay, aside = train_test_split(
            np.arange(len(faces.labels)), test_size=self.share, random_state=0
        )
        return np.sort(stay), np.sort(aside)


def part(read, name, hold_outs):
    """Read a split, or a part of one.

    Args:
        read: `split name -> Faces`.
        name: a split, or a part that one of `hold_outs` sets aside.
        hold_outs: tuple of `HoldOut`, in the order in which they are made.

    Returns:
        `Faces`, in the dataset's order.
    """
    if not hold_outs:
        return read(name)
    *before, last = hold_outs
    if name not in (last.name, last.of):
        return part(read, name, before)
    faces = part(read, last.of, before)
    stay, aside = last.divide(faces)
    return faces.take(aside if name == last.name else stay)
