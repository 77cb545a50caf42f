"""A few images of a split."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from sklearn.model_selection import StratifiedShuffleSplit

from ferkeras.data.source import Faces


@dataclass(frozen=True)
class Draw:
    """A few images of each class, others in every `runs` runs.

    Attributes:
        name: what the images drawn are called; the split keeps all.
        of: the split that they are drawn from.
        images: how many in all, classes in the split's proportions; or, as a
            share of the split, below 1.
        runs: how many runs in a row have the same.
        balanced: whether as many are drawn of each class instead.
    """

    name: str
    of: str
    images: float
    runs: int = 1
    balanced: bool = False
    varies: ClassVar[bool] = True

    @property
    def makes(self) -> tuple[str, ...]:
        """Names of what the step gives."""
        return (self.name,)

    def make(self, name: str, faces: Faces, run: int) -> Faces:
        """The images drawn.

        Raises:
            ValueError: where they are to be balanced and `images` is no
                multiple of the classes, or a class has too few.
        """
        draw = self.of_each_class if self.balanced else self.in_proportion
        return faces.take(np.sort(draw(faces.labels, run // self.runs)))

    def in_proportion(self, labels: np.ndarray, seed: int) -> np.ndarray:
        """Indices of images, classes as in the split."""
        splitter = StratifiedShuffleSplit(
            1, train_size=self.images, random_state=seed
        )
        drawn, _ = next(splitter.split(labels, labels))
        return drawn

    def of_each_class(self, labels: np.ndarray, seed: int) -> np.ndarray:
        """Indices of as many images of each class."""
        classes, counts = np.unique(labels, return_counts=True)
        each, rest = divmod(self.images, len(classes))
        if rest or each > counts.min():
            raise ValueError(
                "Balanced, `images` must be a multiple of the "
                f"{len(classes)} classes, and at most {counts.min()} of each. "
                f"Received: images={self.images}"
            )
        rng = np.random.default_rng(seed)
        drawn = [
            rng.choice(np.flatnonzero(labels == label), int(each), False)
            for label in classes
        ]
        return np.concatenate(drawn)
