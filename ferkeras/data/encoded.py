"""Image files of a dataset, one after the other, never all in memory."""

import hashlib
import math
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from itertools import islice
from pathlib import Path

import numpy as np

from ferkeras.data.decode import decode, resize
from ferkeras.files import open_whole

# Raised with whatever changes the pixels of a file, which are kept on disk: of
# equal files, all machines must have equal ones.
DECODER = 1
# A file's bytes, and the box `(left, top, width, height)` of what to see of it,
# in pixels, or None for all.
Boxed = tuple[bytes, Iterable[int] | None]


def seen(index: int, boxed: Boxed, colour: bool) -> np.ndarray:
    """What the box shows of the file at a place."""
    file, box = boxed
    try:
        image = decode(file, colour)
    except ValueError as error:
        raise ValueError(f"image {index}: {error}") from error
    if box is None:
        return image
    left, top, width, height = box
    return image[top : top + height, left : left + width]


def in_threads(
    function: Callable[[int, Boxed], np.ndarray],
    read: Callable[[], Iterable[Boxed]],
) -> Iterator[np.ndarray]:
    """Map what is read and its place, in order, some files at a time."""
    numbered = enumerate(read())
    with ThreadPoolExecutor() as pool:
        while some := list(islice(numbered, 64)):
            yield from pool.map(function, *zip(*some, strict=True))


class EncodedImages:
    """The image files of a split, or some of them.

    Args:
        read: `() -> iterator` of each file, as `Boxed`.
        count: number of files that `read` gives.
        folder: `pathlib.Path` that keeps what is derived from the files and
            goes when they do; None to keep it in memory.
    """

    def __init__(
        self,
        read: Callable[[], Iterable[Boxed]],
        count: int,
        folder: Path | None = None,
    ) -> None:
        self.read, self.count, self.folder = read, count, folder

    def __len__(self) -> int:
        return self.count

    def __iter__(self) -> Iterator[bytes]:
        for file, _ in self.read():
            yield file

    def _kept(
        self, name: str, shape: tuple[int, ...], rows: Iterable[np.ndarray]
    ) -> "np.ndarray | OnDisk":
        """Rows of a uint8 array, from the folder if they are there."""
        if self.folder is None:
            array = np.empty(shape, np.uint8)
            for index, row in enumerate(rows):
                array[index] = row
            return array
        path = self.folder / f"{name}.npy"
        if not path.exists():
            head = {"descr": "|u1", "fortran_order": False, "shape": shape}
            with open_whole(path, lambda: math.prod(shape)) as file:
                np.lib.format.write_array_header_1_0(file, head)
                for row in rows:
                    file.write(row.tobytes())
        return OnDisk(path)

    @cached_property
    def digests(self) -> np.ndarray:
        """SHA-256 of each file, uint8 `(count, 32)`."""
        rows = (
            np.frombuffer(hashlib.sha256(file).digest(), np.uint8)
            for file in self
        )
        return self._kept("sha256", (self.count, 32), rows)[:]

    def decoded(self, colour: bool = False) -> Iterator[np.ndarray]:
        """What the boxes show of the files, one image after the other.

        Args:
            colour: as in `decode`.

        Raises:
            ValueError: where a file cannot be decoded, with its place.
        """
        for index, boxed in enumerate(self.read()):
            yield seen(index, boxed, colour)

    def resized(self, size: int, colours: int) -> "np.ndarray | OnDisk":
        """Bring the images to one size.

        Args:
            size: side in pixels of the square result.
            colours: 1 for grey, 3 for red, green and blue.

        Returns:
            uint8 `(count, size, size, colours)`, or `OnDisk` of that shape.

        Raises:
            ValueError: as `decoded`.
        """
        shape = (self.count, size, size, colours)

        def row(index: int, boxed: Boxed) -> np.ndarray:
            # OpenCV lets go of Python's lock.
            image = seen(index, boxed, colours == 3)
            return resize(image, size).reshape(shape[1:])

        rows = in_threads(row, self.read)
        name = f"{size}x{size}x{colours}-{DECODER}"
        return self._kept(name, shape, rows)


class OnDisk:
    """Pixels of images on disk; only what is asked for is read.

    Not mapped into memory, where all that was ever read would count as used.

    Args:
        path: `.npy` file of uint8, `(count, height, width, colours)`.
        chosen: int64, which of them, in which order; all when None.
    """

    dtype = np.dtype(np.uint8)

    def __init__(self, path: Path, chosen: np.ndarray | None = None) -> None:
        self.path = path
        pixels = np.lib.format.open_memmap(path, "r")
        self.start = pixels.offset
        self.chosen = np.arange(len(pixels)) if chosen is None else chosen
        self.shape = (len(self.chosen), *pixels.shape[1:])

    def __len__(self) -> int:
        return len(self.chosen)

    @property
    def nbytes(self) -> int:
        """Bytes of all of them."""
        return math.prod(self.shape)

    def __getitem__(self, index: int | slice | np.ndarray) -> np.ndarray:
        places = np.asarray(self.chosen[index])
        found = np.empty((places.size, *self.shape[1:]), np.uint8)
        size = math.prod(self.shape[1:])
        with open(self.path, "rb", buffering=0) as file:
            for row, place in zip(found, places.flat, strict=True):
                file.seek(self.start + int(place) * size)
                content = np.frombuffer(file.read(size), np.uint8)
                row[:] = content.reshape(row.shape)
        return found.reshape(*places.shape, *self.shape[1:])

    def take(self, indices: np.ndarray, axis: int = 0) -> "OnDisk":
        """Some of the images, still on disk."""
        return OnDisk(self.path, self.chosen[indices])
