"""Parts of a published split, drawn once for every run."""

from dataclasses import dataclass

import numpy as np
from sklearn.model_selection import GroupShuffleSplit, train_test_split


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

    def divide(self, faces):
        """Indices of the images that stay and of those set aside.

        Raises:
            ValueError: by subject, where the dataset does not name them, and
                for any other `by`.
        """
        images = np.arange(len(faces.labels))
        if self.by == "subject":
            if faces.subjects is None:
                raise ValueError(
                    f"{self.name!r} is divided by subject, and the dataset "
                    "does not say who is shown."
                )
            splitter = GroupShuffleSplit(
                1, test_size=self.share, random_state=0
            )
            ((stay, aside),) = splitter.split(images, groups=faces.subjects)
        elif self.by == "image":
            stay, aside = train_test_split(
                images, test_size=self.share, random_state=0
            )
        elif self.by == "order":
            stay, aside = train_test_split(
                images, test_size=self.share, shuffle=False
            )
        else:
            raise ValueError(
                "`by` is 'image', 'subject' or 'order'. "
                f"Received: by={self.by!r}"
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
