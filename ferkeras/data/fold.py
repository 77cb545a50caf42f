"""One of several equal parts of a split."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from sklearn.model_selection import KFold, StratifiedGroupKFold, StratifiedKFold

from ferkeras.data.hold_out import subjects, unknown_way
from ferkeras.data.source import Faces


@dataclass(frozen=True)
class Fold:
    """One of several equal parts of a split, another in every run.

    Run k sets aside fold `k % folds` of division `k // folds`: as many runs as
    there are folds score every image once, and more runs divide anew.

    Attributes:
        name: what the images set aside are called.
        of: the split that is divided, and keeps the rest.
        folds: number of parts.
        by: `"image"`, at random; `"class"`, at random within each class, so
            that folds have the same classes; or `"subject"`, nobody in two
            folds and classes as even as that allows.
    """

    name: str
    of: str
    folds: int = 10
    by: str = "image"
    varies: ClassVar[bool] = True

    @property
    def makes(self) -> tuple[str, ...]:
        """Names of what the step gives."""
        return self.name, self.of

    def make(self, name: str, faces: Faces, run: int) -> Faces:
        """The images that stay, or those of the fold.

        Raises:
            ValueError: as for `HoldOut`, and for fewer images or people than
                folds.
        """
        fold = self.numbers(faces, run // self.folds) == run % self.folds
        return faces.take(np.flatnonzero(fold == (name == self.name)))

    def numbers(self, faces: Faces, division: int) -> np.ndarray:
        """Each image's fold, int64 `(count,)`, in a division."""
        options = {"shuffle": True, "random_state": division}
        if self.by == "subject":
            splitter = StratifiedGroupKFold(self.folds, **options)
            groups = subjects(self.name, faces)
        elif self.by == "class":
            splitter, groups = StratifiedKFold(self.folds, **options), None
        elif self.by == "image":
            splitter, groups = KFold(self.folds, **options), None
        else:
            raise unknown_way(self.by, ("image", "class", "subject"))
        numbers = np.empty(len(faces.labels), int)
        parts = splitter.split(numbers, faces.labels, groups)
        for number, (_, aside) in enumerate(parts):
            numbers[aside] = number
        return numbers
