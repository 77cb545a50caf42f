"""Photographs, animated files, videos and webcams -> upright pictures."""

import contextlib
import math
import os
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
from PIL import Image, ImageSequence

from ferkeras import folders
from ferkeras.image_file import (
    FORMATS,
    SUFFIXES,
    decode_file,
    pixels_of,
    read_file,
)
from ferkeras.opencv import cv2

# Suffixes of videos that say how many frames they have. Of others FFmpeg
# estimates it, as if they were evenly spaced and sound ended with the pictures.
COUNTED = (".avi", ".m4v", ".mov", ".mp4")
# Of a webcam that does not tell, and of pages.
FRAMES_A_SECOND = 25.0

# Damaged videos are told of by us; FFmpeg reads this with the first video.
os.environ.setdefault("OPENCV_FFMPEG_LOGLEVEL", "-8")


Source = str | Path | int | np.ndarray
Frame = tuple[int, float, np.ndarray]


class Picture(NamedTuple):
    """A picture to look at.

    Attributes:
        source: path of its file as it was given, number of the webcam, or
            place of the array among the sources.
        number: of the frame, from 0.
        seconds: when the frame is shown; None of a photograph.
        content: its pixels; or the path of the photograph, which is read
            later; or why it could not be read.
    """

    source: str | int
    number: int
    seconds: float | None
    content: np.ndarray | Path | Exception

    def read(self) -> np.ndarray:
        """Its pixels, or an exception, as `read_photo`."""
        if isinstance(self.content, Exception):
            raise self.content
        if isinstance(self.content, Path):
            return read_photo(self.content)
        return self.content


def media_in(folder: Path) -> tuple[list[Path], dict[str, int]]:
    """Photographs and videos in a folder and the folders in it.

    Photographs of formats that are not read are among them, to be named.

    Returns:
        Their paths, in order, and a dict of reasons to the number of files
        and folders that are left out.

    Raises:
        OSError: where a folder cannot be read, with its name.
    """
    files = folders.walk(folder)
    left_out = Counter(
        {f"{why}, passed over": len(x) for why, x in files.passed_over.items()}
    )
    found = []
    for path in files.found:
        kind = folders.kind_of(path.name)
        is_photo = path.suffix.lower() in SUFFIXES or kind in folders.UNREAD
        if is_photo or is_video(path) or (not path.suffix and is_image(path)):
            found.append(path)
        else:
            left_out[f"{kind}, left out"] += 1
    return found, dict(left_out)


def is_image(path: Path) -> bool:
    """Whether a file is an image by its content."""
    try:
        with Image.open(path, formats=FORMATS):
            return True
    except Exception:
        return False


@contextlib.contextmanager
def readable() -> Iterator[None]:
    """Within, whatever Pillow raises of damaged files is a ValueError."""
    try:
        yield
    except Exception as error:
        raise ValueError(f"the file is damaged: {error}") from error


def read_photo(path: Path) -> np.ndarray:
    """Read a photograph, turned as its camera says.

    What is transparent is white. 16-bit values are scaled to 8.

    Returns:
        uint8 `(height, width, 3)`, red, green and blue.

    Raises:
        OSError: for a file that is not there.
        ValueError: for one that cannot be read, that is no image or a part of
            one, or of a format that is not read.
    """
    path.stat()
    kind = folders.kind_of(path.name)
    if kind in folders.UNREAD:
        raise ValueError(
            f"{kind} are not read: save the photo as JPEG or PNG first"
        )
    return decode_file(read_file(path), colour=True, on_white=True).pixels


def is_moving(source: Path | int) -> bool:
    """Whether it is a video, a webcam or a file of several frames or pages."""
    if isinstance(source, int) or is_video(source):
        return True
    if not source.is_file():
        return False
    try:
        with Image.open(source, formats=FORMATS) as image:
            # Of the two in a telephone's JPEG, the second is no photograph.
            return image.format != "MPO" and getattr(image, "n_frames", 1) > 1
    except Exception:
        return False  # What is wrong with it is told where it is decoded.


def is_video(path: Path) -> bool:
    """Whether a file is a video, by its name."""
    return folders.kind_of(path.name) == "videos"


@contextlib.contextmanager
def capture(source: Path | int) -> Iterator[cv2.VideoCapture]:
    """A video or a webcam, open."""
    if isinstance(source, Path) and not source.is_file():
        source.stat()  # Raises where there is none.
        raise ValueError("it is a folder, a pipe, a socket or a device")
    # FFmpeg takes what stands before a colon for a protocol.
    video = cv2.VideoCapture(
        source if isinstance(source, int) else str(source.absolute())
    )
    try:
        if not video.isOpened():
            raise ValueError(
                f"there is no webcam {source}, or another program has it"
                if isinstance(source, int)
                else "the file is empty, cut short or no video"
            )
        yield video
    finally:
        video.release()


def extent(source: Path | int, every: int = 1) -> tuple[int | None, float]:
    """How many frames `frames` gives, and how many of them a second has.

    Args:
        source: what `is_moving` holds of; a webcam is not asked.
        every: as in `frames`.

    Returns:
        The number, as the file tells it; None where it does not. The rate.

    Raises:
        OSError, ValueError: as `frames`.
    """
    if isinstance(source, int):
        count, rate = 0, FRAMES_A_SECOND
    elif is_video(source):
        with capture(source) as video:
            count = int(video.get(cv2.CAP_PROP_FRAME_COUNT))
            rate = video.get(cv2.CAP_PROP_FPS)
    else:
        with readable(), Image.open(source, formats=FORMATS) as image:
            image.load()  # A WebP tells of its frames only then.
            count = getattr(image, "n_frames", 1)
            rate = 1000 / (image.info.get("duration") or math.inf)
    return (
        math.ceil(count / every) if count > 0 else None,
        (rate if rate > 0 else FRAMES_A_SECOND) / every,
    )


def frames(source: Path | int, every: int = 1) -> Iterator[Frame]:
    """Frames of what moves, one after the other, never all in memory.

    Args:
        source: path of a video or of an animated file, or a webcam's number.
        every: gives the first frame and each so many after it.

    Yields:
        `(number, seconds, pixels)`: its place, from 0, when it is shown, and
        what `read_photo` returns.

    Raises:
        OSError: for a file that cannot be opened.
        ValueError: for one that cannot be read, and for a webcam that is not
            there.
    """
    if isinstance(source, int) or is_video(source):
        return video_frames(source, every)
    return animation(source, every)


def video_frames(source: Path | int, every: int) -> Iterator[Frame]:
    """`frames` of a video or a webcam."""
    with capture(source) as video:
        number = 0
        while video.grab():
            seconds = video.get(cv2.CAP_PROP_POS_MSEC) / 1000
            if number % every == 0:
                read, image = video.retrieve()
                if read:
                    image = cv2.cvtColor(image, cv2.COLOR_BGR2RGB)
                    yield number, seconds, image
            number += 1
        if not number:
            raise ValueError("the video has no frame that can be read")
        count = int(video.get(cv2.CAP_PROP_FRAME_COUNT))
        rate = video.get(cv2.CAP_PROP_FPS) or FRAMES_A_SECOND
        counted = Path(str(source)).suffix.lower() in COUNTED
        if number < 0.9 * count and (counted or seconds < 0.6 * count / rate):
            raise ValueError(
                f"the video is cut short: it ends after {number} of {count} "
                "frames"
            )


def animation(source: Path, every: int) -> Iterator[Frame]:
    """`frames` of a file of several frames or pages; those are all at 0 s."""
    seconds = 0.0
    with readable(), Image.open(source, formats=FORMATS) as image:
        for number, frame in enumerate(ImageSequence.Iterator(image)):
            if number % every == 0:
                yield number, seconds, pixels_of(frame, True, True)
            frame.load()  # A WebP tells of its duration only then.
            seconds += frame.info.get("duration", 0) / 1000


def pictures(sources: Iterable[Source], every: int) -> Iterator[Picture]:
    """Every picture of photographs, videos, folders, webcams and arrays.

    Args:
        sources: paths, numbers of webcams, and uint8 `(height, width)` or
            `(height, width, 3)`.
        every: as of `frames`.

    Raises:
        ValueError: for an array that is no picture. What files have of errors
            is in the `Picture`.
    """
    for place, source in enumerate(sources):
        if isinstance(source, np.ndarray):
            yield Picture(place, 0, None, in_colour(source))
            continue
        name = source if isinstance(source, int) else str(source)
        if not isinstance(source, int):
            source = Path(source)
            if source.is_dir():
                yield from pictures(media_in(source)[0], every)
                continue
            if not is_moving(source):
                yield Picture(name, 0, None, source)
                continue
        number, seconds = 0, None
        try:
            for number, seconds, pixels in frames(source, every):
                yield Picture(name, number, seconds, pixels)
        except (OSError, ValueError) as error:
            yield Picture(name, number, seconds, error)


def in_colour(pixels: np.ndarray) -> np.ndarray:
    """A picture in memory as red, green and blue."""
    if pixels.dtype == np.uint8 and pixels.ndim == 2:
        return cv2.cvtColor(pixels, cv2.COLOR_GRAY2RGB)
    if pixels.dtype != np.uint8 or pixels.ndim != 3 or pixels.shape[-1] != 3:
        raise ValueError(
            "a picture must be uint8, (height, width) or (height, width, 3). "
            f"Received: {pixels.dtype}, {pixels.shape}"
        )
    return pixels
