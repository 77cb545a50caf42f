"""As many images of every class, the missing ones copied."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from ferkeras.data.augment import Augment
from ferkeras.data.source import Faces
from ferkeras.opencv import cv2


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
        images = np.array(everything.pixels[:])
        if images.ndim < 4:  # digests of files; each copy is another picture
            numbers = np.arange(len(originals), len(images), dtype="<i8")
            images[len(originals) :, :8] ^= numbers[:, None].view(np.uint8)
            return everything._replace(images=images)
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
