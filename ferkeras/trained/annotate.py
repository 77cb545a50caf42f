"""Pictures with a box around each face and bars of its probabilities."""

import contextlib
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Self

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from ferkeras.data.media import extent
from ferkeras.files import write_whole
from ferkeras.folders import why_passed_over
from ferkeras.opencv import cv2
from ferkeras.trained.predict import Prediction

# A file in a folder of annotated pictures, which tells it from others.
MARK = ".annotated"
# How many classes have a bar; where the face has no room for them, one has.
BARS = 3
# Smaller pictures are enlarged, so that words can be read in them.
SMALLEST = 400
BOX, PANEL, BAR, WORDS = "#ffd400", (0, 0, 0, 150), (255, 212, 0, 140), "white"


def annotated(pixels: np.ndarray, faces: Iterable[Prediction]) -> np.ndarray:
    """Draw what was predicted into a picture.

    Args:
        pixels: uint8 `(height, width, 3)`.
        faces: `Prediction` of its faces.

    Returns:
        uint8 `(height, width, 3)`, a small picture enlarged by a whole number.
    """
    height, width = pixels.shape[:2]
    larger = -(-SMALLEST // max(height, width))
    image = Image.fromarray(pixels).resize((width * larger, height * larger))
    draw = ImageDraw.Draw(image, "RGBA")
    for face in faces:
        if face.box:
            draw_face(draw, face, *(side * larger for side in face.box))
    return np.asarray(image)


def draw_face(
    draw: ImageDraw.ImageDraw,
    face: Prediction,
    left: int,
    top: int,
    width: int,
    height: int,
) -> None:
    """Draw one face's box, and its bars where there is room, below if so."""
    image_width, image_height = draw.im.size
    # Lines and letters grow with the picture and the face.
    unit = max(image_width, image_height) / 400
    line = round(max(14, min(14 * unit, width / 6)))
    font = ImageFont.load_default(0.75 * line)
    chances = face.probabilities
    rows = sorted(chances, key=chances.__getitem__, reverse=True)[:BARS]
    wide = max(font.getlength(f"{name} 100 %") for name in rows) + line
    if wide > 1.5 * width:
        rows = rows[:1]
    wide, tall = max(wide, width), len(rows) * line
    x = max(min(left, image_width - wide), 0)
    y = top + height
    if y + tall > image_height:
        y = top - tall if top >= tall else image_height - tall
    draw.rectangle((x, y, x + wide, y + tall), PANEL)
    for name in rows:
        share = chances[name]
        draw.rectangle((x, y, x + share * wide, y + line - 1), BAR)
        for words, at, anchor in (
            (name, x + line / 3, "lm"),
            (f"{share:.0%}".replace("%", " %"), x + wide - line / 3, "rm"),
        ):
            draw.text((at, y + line / 2), words, WORDS, font, anchor)
        y += line
    draw.rectangle(
        (left, top, left + width, top + height), None, BOX, round(1 + unit / 2)
    )


def partial_of(path: Path) -> Path:
    """A video's name while it is being written."""
    return path.absolute().with_name(f"{path.stem}.partial.mp4")


class Album:
    """A folder of annotated pictures and videos.

    Photographs become JPEG files and what moves becomes MP4, each under the
    name that it has below the folder that all sources are in. A context
    manager, which completes the last video.

    Args:
        folder: `pathlib.Path` to write into, new or an album; made if need be.
        sources: list of the `pathlib.Path` or webcam's number of each source.
        every: as of the `Predictor`.

    Attributes:
        failed: dict of sources that could not be drawn to reasons.

    Raises:
        ValueError: where the folder is that of the sources, or has other files.
    """

    def __init__(
        self, folder: Path, sources: list[Path | int], every: int
    ) -> None:
        self.folder, self.every = folder, every
        parents = [x.resolve().parent for x in sources if isinstance(x, Path)]
        self.base = Path(os.path.commonpath(parents or [Path.cwd()]))
        files = folder.iterdir() if folder.is_dir() else ()
        others = any(not why_passed_over(path.name) for path in files)
        if folder.resolve() == self.base or (
            others and not (folder / MARK).exists()
        ):
            raise ValueError(
                f"{folder} has files of yours, which might be lost. Name a new "
                "folder for the annotated pictures."
            )
        self.failed: dict[str | int, str] = {}
        self.drawn: dict[Path, str | int] = {}
        self.source: str | int = ""
        self.size = (0, 0)
        self.path = folder
        self.video: cv2.VideoWriter | None = None

    def path_of(self, source: str | int, suffix: str) -> Path:
        """Where a source is drawn to, and no other."""
        if isinstance(source, int):
            path = self.folder / f"webcam{source}{suffix}"
        else:
            name = Path(source).resolve().relative_to(self.base)
            added = "" if name.suffix.lower() == suffix else suffix
            path = self.folder / f"{name}{added}"
        while self.drawn.setdefault(path, source) != source:
            path = path.with_name(path.name + suffix)
        return path

    def add(self, predictions: list[Prediction], pixels: np.ndarray) -> None:
        """Draw a picture with its faces; frames of one source in order."""
        first = predictions[0]
        if first.source not in self.failed:
            with self._failing(first.source):
                self._add(first, annotated(pixels, predictions)[..., ::-1])

    def _add(self, first: Prediction, drawn: np.ndarray) -> None:
        moves = first.seconds is not None
        path = self.path_of(first.source, ".mp4" if moves else ".jpg")
        path.parent.mkdir(parents=True, exist_ok=True)
        if not moves:
            written, content = cv2.imencode(".jpg", drawn)
            if not written:
                raise OSError(f"{path}: too large for a JPEG file")
            write_whole(path, content.tobytes())
            return
        if first.source != self.source or self.video is None:
            self._complete()
            self.source, self.size = first.source, drawn.shape[1::-1]
            self.path, self.video = path, self._new_video(path)
        # Pages of one file may differ in size.
        self.video.write(cv2.resize(drawn, self.size))

    def _new_video(self, path: Path) -> cv2.VideoWriter:
        moves = (
            self.source if isinstance(self.source, int) else Path(self.source)
        )
        _, rate = extent(moves, self.every)
        code = cv2.VideoWriter.fourcc(*"mp4v")
        partial = str(partial_of(path))
        video = cv2.VideoWriter(partial, code, rate, self.size)
        if not video.isOpened():
            raise OSError(f"{path}: no video can be written there")
        return video

    @contextlib.contextmanager
    def _failing(self, source: str | int) -> Iterator[None]:
        """Keep why a source could not be drawn."""
        try:
            yield
        except OSError as error:
            self.failed[source] = str(error)

    def _complete(self) -> None:
        """Complete the video that is being written, if any."""
        if self.video is None:
            return
        self.video.release()
        self.video = None
        partial = partial_of(self.path)
        with self._failing(self.source):
            # OpenCV says nothing of a full disk.
            if not cv2.VideoCapture(str(partial)).isOpened():
                partial.unlink(missing_ok=True)
                raise OSError(f"{self.path}: not written; is the disk full?")
            os.replace(partial, self.path)

    def __enter__(self) -> Self:
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / MARK).touch()
        return self

    def __exit__(self, *_: object) -> None:
        self._complete()
