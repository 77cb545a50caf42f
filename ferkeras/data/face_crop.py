"""Faces cut out of photographs by the detector of Viola and Jones."""

from functools import cache

import cv2
import numpy as np

# OpenCV's defaults, but for the smallest face: as the largest one is taken, a
# small one could only be counted, and most of them are none.
SCALE_STEP = 1.1
NEIGHBOURS = 3
SMALLEST = 0.2
OUTCOMES = ("face", "several faces", "no face")
JPEG_START, JPEG_END = b"\xff\xd8", b"\xff\xd9"
# The end marker need not be last: some programs pad their files.
TAIL = 1024


def decode(file):
    """Decode an image file to 8-bit grey.

    Colours are weighed to luma, transparency is dropped, a JPEG is turned as
    its camera says. 16-bit values are divided by 257, so that both white and
    black stay what they are.

    Args:
        file: bytes of a file of any format that OpenCV reads.

    Returns:
        uint8 `(height, width)`, 0-255.

    Raises:
        ValueError: for a file that is empty, cut short or no image, and for
            values other than of 8 or 16 bits.
    """
    # OpenCV 4.10 fills what a JPEG lacks with whatever lies in memory.
    cut = file.startswith(JPEG_START) and JPEG_END not in file[-TAIL:]
    image = None
    if file and not cut:
        image = cv2.imdecode(
            np.frombuffer(file, np.uint8),
            cv2.IMREAD_GRAYSCALE | cv2.IMREAD_ANYDEPTH,
        )
    if image is None:
        raise ValueError(
            "the file is empty, cut short or no image: copy it again from the "
            "publisher's archive, or leave it out. "
            f"Received: {len(file)} bytes that begin with {file[:8]!r}"
        )
    if image.dtype == np.uint16:
        return np.round(image / 257).astype(np.uint8)
    if image.dtype != np.uint8:
        raise ValueError(
            "an image must have values of 8 or 16 bits: convert it first. "
            f"Received: {image.dtype}"
        )
    return image


@cache
def cascade():
    """OpenCV's cascade for upright frontal faces."""
    return cv2.CascadeClassifier(
        cv2.data.haarcascades + "haarcascade_frontalface_default.xml"
    )


def find_faces(image):
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


def crop_face(image, size=48, margin=0.1):
    """Cut out the largest face as a square; without one, take the whole frame.

    The square is moved, and if need be made smaller, to lie within the image.
    The frame is not cut: if it is not square, it is squeezed.

    Args:
        image: uint8 `(height, width)`.
        size: side of the result in pixels.
        margin: what is added on each side of the detector's box, as a share of
            its side. The default is ours: without it, an open mouth loses the
            chin.

    Returns:
        The crop, uint8 `(size, size)`, and what was found, one of `OUTCOMES`.
    """
    faces = find_faces(image)
    if faces:
        left, top, side = faces[0]
        height, width = image.shape
        wider = min(round(side * (1 + 2 * margin)), height, width)
        left = min(max(left - (wider - side) // 2, 0), width - wider)
        top = min(max(top - (wider - side) // 2, 0), height - wider)
        image = image[top : top + wider, left : left + wider]
    # OpenCV's "area" is meant for shrinking; enlarging, it makes blocks.
    shrinks = min(image.shape) > size
    crop = cv2.resize(
        image,
        (size, size),
        interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR,
    )
    if not faces:
        return crop, "no face"
    return crop, "face" if len(faces) == 1 else "several faces"


def crop_faces(files, size=48, margin=0.1):
    """Decode image files and cut out the largest face of each.

    Args:
        files: sequence of the bytes of image files.
        size: as in `crop_face`.
        margin: as in `crop_face`.

    Returns:
        The crops, uint8 `(count, size, size, 1)`, in the order of the files,
        and a dict of each of `OUTCOMES` to how many files had it.

    Raises:
        ValueError: where a file cannot be decoded, with its place among
            `files`.
    """
    crops = np.empty((len(files), size, size, 1), np.uint8)
    counts = dict.fromkeys(OUTCOMES, 0)
    for index, file in enumerate(files):
        try:
            image = decode(file)
        except ValueError as error:
            raise ValueError(f"files[{index}]: {error}") from error
        crops[index, ..., 0], outcome = crop_face(image, size, margin)
        counts[outcome] += 1
    return crops, counts
