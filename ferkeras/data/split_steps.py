"""Parts of a published split: held out, folds, fewer images, more copies."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import ClassVar

import numpy as np
from sklearn.model_selection import (
    GroupShuffleSplit,
    KFold,
    StratifiedGroupKFold,
    StratifiedKFold,
    StratifiedShuffleSplit,
    train_test_split,
)

from ferkeras.data.augment import Augment
from ferkeras.data.source import Faces
from ferkeras.opencv import cv2


def subjects(step: "HoldOut | Fold", faces: Faces) -> np.ndarray:
    """Who is shown, for a step that must know."""
    if faces.subjects is None:
        raise ValueError(
            f"{step.name!r} is divided by subject, and the dataset does not "
            "say who is shown."
        )
    return faces.subjects


def unknown_way(step: "HoldOut | Fold", ways: Iterable[str]) -> ValueError:
    """The error for a step's `by` that is none of its ways."""
    return ValueError(
        f"`by` is {' or '.join(map(repr, ways))}. Received: by={step.by!r}"
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
            groups = subjects(self, faces)
            return next(splitter.split(images, groups=groups))
        if self.by == "image":
            return train_test_split(
                images, test_size=self.share, random_state=0
            )
        if self.by == "order":
            return train_test_split(images, test_size=self.share, shuffle=False)
        raise unknown_way(self, ("image", "subject", "order"))


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
            groups = subjects(self, faces)
        elif self.by == "class":
            splitter, groups = StratifiedKFold(self.folds, **options), None
        elif self.by == "image":
            splitter, groups = KFold(self.folds, **options), None
        else:
            raise unknown_way(self, ("image", "class", "subject"))
        numbers = np.empty(len(faces.labels), int)
        parts = splitter.split(numbers, faces.labels, groups)
        for number, (_, aside) in enumerate(parts):
            numbers[aside] = number
        return numbers


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


@dataclass(frozen=True)
class Copies:
    """A split with every class filled up by altered copies of its images.

    Made before the split is divided, as some papers did: copies of one image
    come to be on both sides.

    Attributes:
        of: the split.
        per_class: images of each class afterwards.
        augment: as in `ferkeras.papers.Recipe`, rows of 6; draws the copies.
    """

    of: str
    per_class: int
    augment: Augment
    varies: ClassVar[bool] = False

    @property
    def makes(self) -> tuple[str, ...]:
        """Names of what the step gives."""
        return (self.of,)

    def make(self, name: str, faces: Faces, run: int) -> Faces:
        """Every image once, then its copies, class by class.

        Raises:
            ValueError: where a class has more images than `per_class`.
        """
        originals, copied = np.arange(len(faces.labels)), []
        for label in np.unique(faces.labels):
            there = np.flatnonzero(faces.labels == label)
            missing = self.per_class - len(there)
            if missing < 0:
                raise ValueError(
                    "`per_class` must be no less than the images of any class. "
                    f"Received: per_class={self.per_class}, with {len(there)} "
                    f"images of class {label}"
                )
            copied.append(np.resize(there, missing))
        everything = faces.take(np.concatenate([originals, *copied]))
        pixels = everything.pixels
        if len(pixels.shape) < 4:  # digests of files
            return everything
        images = np.array(pixels[:])
        size, count = images.shape[1], len(images) - len(originals)
        rng = np.random.default_rng(0)
        transforms = self.augment(rng, count, size).reshape(-1, 2, 3)
        for image, matrix in zip(
            images[len(originals) :], transforms, strict=True
        ):
            warped = cv2.warpAffine(
                image,
                matrix,
                (size, size),
                flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
                borderMode=cv2.BORDER_REFLECT,
            )
            image[...] = warped.reshape(image.shape)
        return everything._replace(images=images)


Step = HoldOut | Fold | Draw | Copies


def part(
    read: Callable[[str], Faces],
    name: str,
    steps: Sequence[Step],
    run: int = 0,
) -> Faces:
    """Read a split, or a part of one.

    Args:
        read: `split name -> Faces`.
        name: a split, or a part that one of `steps` makes.
        steps: tuple of `HoldOut`, `Fold`, `Draw` and `Copies`, in the order in
            which they are taken.
        run: number of the run, which decides folds and draws.

    Returns:
        `Faces`, in the dataset's order.
    """
    if not steps:
        return read(name)
    *before, last = steps
    below = partial(part, read, steps=before, run=run)
    if name not in last.makes:
        return below(name)
    return last.make(name, below(last.of), run)
