"""What a prepared dataset is, and a split of one."""

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from ferkeras.data.encoded import Boxed, EncodedImages, OnDisk
from ferkeras.image_file import read_file
from ferkeras.opencv import cv2


class Faces(NamedTuple):
    """A split in memory, or its pixels on disk.

    Attributes:
        images: uint8 `(count, height, width, colours)`, 0-255, an array or
            `OnDisk`; or, of a dataset of large or unequal images,
            `EncodedImages`.
        labels: int64 `(count,)`.
        rows: int64 `(count,)`, each image's row in the published file, or its
            place among the published files.
        subjects: str `(count,)`, who is shown; None where that is not known.
        sizes: float64 `(count,)`, the mean of the two sides in pixels of the
            photograph that the image was cut from; None where that is not
            known.
        repeated: bool `(count,)`, which of them training has too; None where
            that is not asked.
    """

    images: np.ndarray | OnDisk | EncodedImages
    labels: np.ndarray
    rows: np.ndarray
    subjects: np.ndarray | None = None
    sizes: np.ndarray | None = None
    repeated: np.ndarray | None = None

    @property
    def encoded(self) -> bool:
        """Whether the images are files."""
        return isinstance(self.images, EncodedImages)

    def resized(self, size: int, colours: int = 1) -> "Faces":
        """Resample the images to `size` x `size` pixels.

        Pixels bilinearly, in the colours that they have; files, which hold
        larger images, by area, so that nothing aliases, in as many colours as
        asked for.
        """
        if isinstance(self.images, EncodedImages):
            return self._replace(images=self.images.resized(size, colours))
        if self.images.shape[1:3] == (size, size):
            return self
        images = self.images[:]
        # OpenCV 5 takes up to 128 channels: here, those of many images at once.
        height, width, depth = images.shape[1:]
        some, parts = 128 // depth, []
        for at in range(0, len(images), some):
            part = np.moveaxis(images[at : at + some], 0, 2)
            flat = part.reshape(height, width, -1)
            resized = cv2.resize(flat, (size, size))
            parts.append(resized.reshape(size, size, -1, depth))
        images = np.moveaxis(np.concatenate(parts, 2), 2, 0)
        return self._replace(images=np.ascontiguousarray(images))

    def take(self, indices: np.ndarray) -> "Faces":
        """Some of the images, in the order of `indices`."""
        return Faces(*(taken(column, indices) for column in self))

    @property
    def pixels(self) -> np.ndarray | OnDisk:
        """The images, which must not be files."""
        assert not isinstance(self.images, EncodedImages)
        return self.images

    @property
    def outline(self) -> "Faces":
        """The same, with the files' digests in place of the files."""
        if isinstance(self.images, EncodedImages):
            return self._replace(images=self.images.digests)
        return self

    @property
    def fingerprint(self) -> str:
        """SHA-256 of pixels or files, and labels, 16 hexadecimal digits."""
        images = np.ascontiguousarray(self.outline.images)
        digest = hashlib.sha256(images.tobytes())
        digest.update(self.labels.astype("<i8").tobytes())
        return digest.hexdigest()[:16]


@dataclass(frozen=True)
class Source:
    """A prepared dataset.

    Attributes:
        name: TFDS name with its config, such as `"ferplus/plurality"`.
        version: the builder's version.
        class_names: tuple of names, in label order.
        splits: names of the splits.
        read: `split name -> Faces`.
        crops: where the faces were cut out of photographs, for each split a
            dict of each of `face_crop.OUTCOMES` to how many images had it;
            None elsewhere.
        notes: what was left out, or told otherwise, when it was prepared: a
            dict of what it is to how many files; None for nothing.
        drawn: whether its files were drawn, in a publisher's layout.
    """

    name: str
    version: str
    class_names: tuple[str, ...]
    splits: tuple[str, ...]
    read: Callable[[str], Faces]
    crops: dict[str, dict[str, int]] | None = None
    notes: dict[str, int] | None = None
    drawn: bool = False

    @property
    def synthetic(self) -> bool:
        """Whether the faces are drawn, not photographed."""
        return self.drawn or self.name.startswith("synthetic")

    def faces(self, split: str) -> Faces:
        """Read one split, or several joined by `+`, one after the other.

        Raises:
            ValueError: for a split the dataset does not have.
        """
        names = split.split("+")
        if not {*names} <= {*self.splits}:
            raise ValueError(
                f"{self.name} has the splits {', '.join(self.splits)}. "
                f"Received: split={split!r}"
            )
        parts = [self.read(name) for name in names]
        return parts[0] if len(parts) == 1 else Faces(*map(joined, *parts))


def taken(column: Any, indices: np.ndarray) -> Any:
    """Some of a column, if there is one."""
    return None if column is None else column.take(indices, axis=0)


def joined(*columns: Any) -> Any:
    """One column of several, one after the other."""
    if columns[0] is None:
        return None
    if isinstance(columns[0], EncodedImages):
        return EncodedImages(
            lambda: chain.from_iterable(column.read() for column in columns),
            sum(map(len, columns)),
        )
    return np.concatenate(columns)


def files_in_memory(
    files: Sequence[bytes], boxes: Sequence | np.ndarray | None = None
) -> EncodedImages:
    """`EncodedImages` of a list of files' bytes, and boxes if they have any."""
    boxes = [None] * len(files) if boxes is None else boxes
    return EncodedImages(lambda: zip(files, boxes, strict=True), len(files))


def files_on_disk(
    paths: Sequence[Path], boxes: Sequence | np.ndarray | None = None
) -> EncodedImages:
    """`EncodedImages` of a list of paths, and boxes if they have any."""
    boxes = [None] * len(paths) if boxes is None else boxes

    def read() -> Iterator[Boxed]:
        for path, box in zip(paths, boxes, strict=True):
            yield read_file(path), box

    return EncodedImages(read, len(paths))


def faces_of(
    images: np.ndarray | EncodedImages, columns: Mapping[str, np.ndarray]
) -> Faces:
    """`Faces` of a builder's features, `{name: (count, ...)}`."""
    subjects, sizes = columns.get("subject"), None
    if "original_width" in columns:
        sizes = (columns["original_height"] + columns["original_width"]) / 2
    return Faces(
        images,
        columns["label"],
        columns["row"],
        None if subjects is None else subjects.astype(str),
        sizes,
    )
