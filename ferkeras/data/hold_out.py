"""Images of a split, set aside."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from sklearn.model_selection import GroupShuffleSplit, train_test_split

from ferkeras.data.source import Faces


def subjects(name: str, faces: Faces) -> np.ndarray:
    """Who is shown, for the step of that name, which must know."""
    if faces.subjects is None:
        raise ValueError(
            f"{name!r} is divided by subject, and the dataset does not "
            "say who is shown."
        )
    return faces.subjects


def unknown_way(by: str, ways: Iterable[str]) -> ValueError:
    """The error for a step's `by` that is none of its ways."""
    return ValueError(
        f"`by` is {' or '.join(map(repr, ways))}. Received: by={by!r}"
    )


@dataclass(frozen=True)
class HoldOut:
    """Images of a split, set aside under a name of their own.

    The split keeps the rest. Which images are set aside depends on the dataset
    only: all rows, runs, backends and machines have the same.

    Attributes:
        name: what the images set aside are called.
        of: the split, or an earlier part, that they are taken from.
        share: share to set aside, rounded up.
        by: `"image"`, a random share of the images; `"subject"`, all images
            of a random share of the people; `"order"`, the last share.
    """

    name: str
    of: str
    share: float
    by: str = "image"
    varies: ClassVar[bool] = False

    @property
    def makes(self) -> tuple[str, ...]:
        """Names of what the step gives."""
        return self.name, self.of

    def make(self, name: str, faces: Faces, run: int) -> Faces:
        """The images that stay, or those set aside.

        Raises:
            ValueError: by subject, where the dataset does not name them, and
                for any other `by`.
        """
        stay, aside = self.divide(faces)
        return faces.take(np.sort(aside if name == self.name else stay))

    def divide(self, faces: Faces) -> Sequence[np.ndarray]:
        """Indices of the images that stay and of those set aside."""
        images = np.arange(len(faces.labels))
        if self.by == "subject":
            splitter = GroupShuffleSplit(
                1, test_size=self.share, random_state=0
            )
            groups = subjects(self.name, faces)
            return next(splitter.split(images, groups=groups))
        if self.by == "image":
            return train_test_split(
                images, test_size=self.share, random_state=0
            )
        if self.by == "order":
            return train_test_split(images, test_size=self.share, shuffle=False)
        raise unknown_way(self.by, ("image", "subject", "order"))
