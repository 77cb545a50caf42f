"""Faces cut out of photographs by the detector of Viola and Jones."""

from collections.abc import Iterable
from dataclasses import replace
from functools import cache

import numpy as np

from ferkeras.data.decode import resize
from ferkeras.data.encoded import EncodedImages
from ferkeras.data.source import Faces, Source
from ferkeras.opencv import cv2, require_cascades

# OpenCV's defaults, but for the smallest face: as the largest one is taken, a
# small one could only be counted, and most of them are none.
SCALE_STEP = 1.1
NEIGHBOURS = 3
SMALLEST = 0.2
# Added on each side of the detector's box, as a share of its side. Ours:
# without it, an open mouth loses the chin.
MARGIN = 0.1
# Of the last two, the whole frame is taken.
OUTCOMES = ("face", "several faces", "no face", "too small to search")


@cache
def cascade() -> "cv2.CascadeClassifier":
    """OpenCV's cascade for upright frontal faces."""
    require_cascades()
    return cv2.CascadeClassifier(
        # OpenCV's own types leave this out.
        cv2.data.haarcascades  # type: ignore[attr-defined]
        + "haarcascade_frontalface_default.xml"
    )


def find_faces(image: np.ndarray) -> list[tuple[int, int, int]]:
    """Find upright frontal faces.

    Args:
        image: uint8 `(height, width)`.

    Returns:
        A list of `(left, top, side)` in pixels, the largest first; a box goes
        about from the hairline to the chin. Boxes smaller than a fifth of the
        image's shorter side are not looked for.
    """
    smallest = round(SMALLEST * min(image.shape))
    boxes = cascade().detectMultiScale(
        image, SCALE_STEP, NEIGHBOURS, minSize=(smallest, smallest)
    )
    # OpenCV's threads report in any order.
    return sorted(
        [(int(left), int(top), int(side)) for left, top, side, _ in boxes],
        key=lambda box: (-box[2], *box),
    )


def crop_face(image: np.ndarray, size: int) -> tuple[np.ndarray, str]:
    """Cut out the largest face as a square; without one, take the whole frame.

    The square is moved, and if need be made smaller, to lie within the image.
    The frame is not cut: if it is not square, it is squeezed or stretched. It
    is taken too of an image that is not larger than the result.

    Args:
        image: uint8 `(height, width)`.
        size: side of the result in pixels.

    Returns:
        The crop, uint8 `(size, size)`, and what was found, one of `OUTCOMES`.
    """
    if max(image.shape) <= size:
        return resize(image, size), "too small to search"
    faces = find_faces(image)
    if faces:
        left, top, side = faces[0]
        height, width = image.shape
        wider = min(round(side * (1 + 2 * MARGIN)), height, width)
        left = min(max(left - (wider - side) // 2, 0), width - wider)
        top = min(max(top - (wider - side) // 2, 0), height - wider)
        image = image[top : top + wider, left : left + wider]
    crop = resize(image, size)
    if not faces:
        return crop, "no face"
    return crop, "face" if len(faces) == 1 else "several faces"


def crop_faces(faces: Faces, size: int) -> tuple[Faces, dict[str, int]]:
    """Cut out the largest face of each image.

    Args:
        faces: `Faces` whose images are files or grey pixels.
        size: as in `crop_face`.

    Returns:
        `Faces` of the crops, uint8 `(count, size, size, 1)`, and a dict of
        each of `OUTCOMES` to how many images had it.

    Raises:
        ValueError: where an image cannot be decoded, with its row.
    """
    crops, counts = [], dict.fromkeys(OUTCOMES, 0)
    images: Iterable[np.ndarray] = (
        faces.images.decoded()
        if isinstance(faces.images, EncodedImages)
        else faces.images[:].squeeze(-1)
    )
    try:
        for image in images:
            crop, outcome = crop_face(image, size)
            crops.append(crop)
            counts[outcome] += 1
    except ValueError as error:
        row = faces.rows[len(crops)]
        raise ValueError(f"row {row}: {error}") from error
    pixels = np.array(crops, np.uint8).reshape(-1, size, size, 1)
    return faces._replace(images=pixels), counts


def crop_source(source: Source, dataset: str, size: int) -> Source:
    """Cut out the faces of a whole dataset.

    Args:
        source: its `Source`.
        dataset: name of the result.
        size: as in `crop_face`.

    Returns:
        `Source` of the crops, all in memory; its `crops` counts the outcomes.

    Raises:
        ValueError: as `crop_faces`, with the split; and where no image is
            larger than the result.
    """
    splits, crops = {}, {}
    for split in source.splits:
        try:
            splits[split], crops[split] = crop_faces(source.faces(split), size)
        except ValueError as error:
            raise ValueError(f"{source.name}, {split}, {error}") from error
    if all(sum(x.values()) == x["too small to search"] for x in crops.values()):
        raise ValueError(
            f"{source.name}: no image is larger than faces of {size} x {size} "
            "pixels. Train on the images as they are, or cut out smaller ones."
        )
    return replace(source, name=dataset, read=splits.__getitem__, crops=crops)
