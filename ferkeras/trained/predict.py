"""Photographs and videos -> the expressions of the faces in them."""

import os
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import NamedTuple

import keras
import numpy as np

from ferkeras.data.decode import resize
from ferkeras.data.detect import Face, cut_out, detect_faces
from ferkeras.data.media import Picture, Source, pictures
from ferkeras.opencv import cv2
from ferkeras.trained import zoo

# Faces that go through the model at once, and pictures where they are kept.
BATCH, KEPT = 32, 8


@dataclass(frozen=True)
class Prediction:
    """What a model says of one face; or that a picture has none, or is none.

    Attributes:
        source: path of the file as it was given, number of the webcam, or
            place of the array among the sources.
        frame: number of the frame, from 0.
        seconds: when it is shown, of a video or an animated file.
        box: `(left, top, width, height)` of the face in pixels of the upright
            picture; None where there is no face.
        score: how sure the detector is, 0-1; None where it was not asked.
        label: name of the likeliest class; None where there is no face.
        probabilities: dict of the classes' names to floats that sum to one;
            empty where there is no face.
        error: why the picture could not be read; empty where it could.
    """

    source: str | int
    frame: int = 0
    seconds: float | None = None
    box: tuple[int, int, int, int] | None = None
    score: float | None = None
    label: str | None = None
    probabilities: dict[str, float] = field(default_factory=dict)
    error: str = ""


class Seen(NamedTuple):
    """A picture that was looked at.

    Attributes:
        predictions: one of each face, the largest first, or a single one.
        crops: uint8 `(size, size, colours)` of each face.
        pixels: the picture, uint8 `(height, width, 3)`; None where it could
            not be read, or is not kept.
    """

    predictions: list[Prediction]
    crops: list[np.ndarray]
    pixels: np.ndarray | None


class Predictor:
    """Names the expressions of faces.

    Args:
        model: what `ferkeras.load` takes; or a keras.Model from uint8 images
            `(batch, size, size, colours)`, 1 or 3 colours, to probabilities
            `(batch, classes)`, whose `class_names` has the classes' names.
        cropped: whether each picture is a face, cut out already, and nothing
            is to be detected.
        every: of videos and animated files, look at the first frame and at
            each so many after it.

    Raises:
        ValueError, FileNotFoundError: as `ferkeras.load`, and for a model that
            takes something else.
    """

    def __init__(
        self,
        model: str | Path | keras.Model = zoo.DEFAULT,
        cropped: bool = False,
        every: int = 1,
    ) -> None:
        if not isinstance(model, keras.Model):
            model = load(model)
        _, height, width, colours = model.input_shape
        if height is None or height != width or colours not in (1, 3):
            raise ValueError(
                "model must take square images of one size in 1 or 3 colours. "
                f"Received: {model.name}, which takes {model.input_shape}"
            )
        self.model, self.size, self.colours = model, height, colours
        self.class_names = tuple(getattr(model, "class_names", ()))
        if len(self.class_names) != model.output_shape[-1]:
            raise ValueError(
                "model must have `class_names`, one for each of its "
                f"{model.output_shape[-1]} outputs. Received: {model.name}, "
                f"which has {len(self.class_names)}"
            )
        self.cropped, self.every = cropped, every

    def __call__(self, sources: Source | Iterable[Source]) -> list[Prediction]:
        """Predict of pictures.

        Args:
            sources: paths of photographs, of videos and of folders of them,
                numbers of webcams, and pictures, uint8 `(height, width)` or
                `(height, width, 3)` of red, green and blue; or one of these.

        Returns:
            A list of `Prediction`, in the order of the sources and their
            frames: one for each face, the largest first, and one for each
            picture that has none or cannot be read.

        Raises:
            ValueError: for an array that is no picture.
        """
        return [
            prediction
            for predictions, _ in self.stream(sources)
            for prediction in predictions
        ]

    def stream(
        self, sources: Source | Iterable[Source], keep_pixels: bool = False
    ) -> Iterator[tuple[list[Prediction], np.ndarray | None]]:
        """Predict picture by picture, with few of them in memory.

        OpenCV has one thread until it ends, as threads here share the work.

        Args:
            sources: as of a call.
            keep_pixels: whether to give the pictures too.

        Yields:
            Of each picture its list of `Prediction` and, if asked for and it
            could be read, its pixels, uint8 `(height, width, 3)`.
        """
        listed = as_list(sources)
        live = any(isinstance(source, int) for source in listed)
        batch = 1 if live else KEPT if keep_pixels else BATCH
        workers = os.cpu_count() or 1
        ahead = 0 if live else 2 * workers
        threads = cv2.getNumThreads()
        cv2.setNumThreads(1)
        try:
            with ThreadPoolExecutor(workers) as pool:
                waiting: deque[Future[Seen]] = deque()
                ready: list[Seen] = []
                faces = 0
                for picture in pictures(listed, self.every):
                    waiting.append(
                        pool.submit(self._look, picture, keep_pixels)
                    )
                    while len(waiting) > ahead:
                        ready.append(waiting.popleft().result())
                        faces += len(ready[-1].crops)
                    if max(faces, len(ready)) >= batch:
                        yield from self._finished(ready)
                        ready, faces = [], 0
                ready += [future.result() for future in waiting]
                yield from self._finished(ready)
        finally:
            cv2.setNumThreads(threads)

    def _look(self, picture: Picture, keep_pixels: bool) -> Seen:
        """Read a picture, and cut out its faces."""
        blank = Prediction(picture.source, picture.number, picture.seconds)
        try:
            pixels = picture.read()
        except (OSError, ValueError) as error:
            why = getattr(error, "strerror", None) or str(error)
            return Seen([replace(blank, error=why)], [], None)
        kept = pixels if keep_pixels else None
        height, width = pixels.shape[:2]
        if self.cropped:
            whole = replace(blank, box=(0, 0, width, height))
            return Seen([whole], [self._input(resize(pixels, self.size))], kept)
        faces = detect_faces(pixels)
        if not faces:
            return Seen([blank], [], kept)
        return Seen(
            [
                replace(
                    blank, box=within(face, height, width), score=face.score
                )
                for face in faces
            ],
            [self._input(cut_out(pixels, face, self.size)) for face in faces],
            kept,
        )

    def _input(self, crop: np.ndarray) -> np.ndarray:
        """A face in the model's colours, `(size, size, colours)`."""
        if self.colours == 3:
            return crop
        return cv2.cvtColor(crop, cv2.COLOR_RGB2GRAY)[..., None]

    def _finished(
        self, ready: list[Seen]
    ) -> Iterator[tuple[list[Prediction], np.ndarray | None]]:
        """What `stream` yields of pictures that were looked at."""
        crops = [crop for seen in ready for crop in seen.crops]
        rows = iter(self._probabilities(crops))
        for predictions, _, pixels in ready:
            yield (
                [self._named(x, rows) if x.box else x for x in predictions],
                pixels,
            )

    def _named(
        self, prediction: Prediction, rows: Iterator[np.ndarray]
    ) -> Prediction:
        """A prediction with the next row of probabilities."""
        row = dict(zip(self.class_names, next(rows).tolist(), strict=True))
        return replace(
            prediction, label=max(row, key=row.__getitem__), probabilities=row
        )

    def _probabilities(self, crops: list[np.ndarray]) -> Iterator[np.ndarray]:
        """Each face's probabilities, float32 `(classes,)`."""
        for at in range(0, len(crops), BATCH):
            part = np.stack(crops[at : at + BATCH])
            # Few sizes, as the model is compiled for each.
            padding = (1 << (len(part) - 1).bit_length()) - len(part)
            padded = np.pad(part, [(0, padding), (0, 0), (0, 0), (0, 0)])
            found = np.asarray(self.model.predict_on_batch(padded))
            yield from found[: len(part)]


def as_list(sources: Source | Iterable[Source]) -> list[Source]:
    """Sources, or the only one, as a list."""
    if isinstance(sources, (str, Path, int)):
        return [sources]
    if isinstance(sources, np.ndarray) and sources.ndim < 4:
        return [sources]
    return list(sources)


def within(face: Face, height: int, width: int) -> tuple[int, int, int, int]:
    """The box of a face in whole pixels, inside of the picture."""
    left, top = max(round(face.left), 0), max(round(face.top), 0)
    right = min(round(face.left + face.width), width)
    bottom = min(round(face.top + face.height), height)
    return left, top, right - left, bottom - top


def load(name: str | Path) -> keras.Model:
    """`ferkeras.load`, which says what else there is where ours is missing."""
    shipped = zoo.shipped()
    if zoo.full_name(name, shipped) == zoo.DEFAULT:
        raise ValueError(
            "The reference model, which is the default, is not trained yet. "
            + (
                f"Name one with --model: {', '.join(shipped)}."
                if shipped
                else "No other ships either: name with --model a .keras file "
                "that a run exported."
            )
        )
    return zoo.load(name)
