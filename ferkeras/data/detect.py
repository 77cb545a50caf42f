"""Faces in photographs, found by YuNet, whose weights lie beside this file.

Reference: Wu et al., "YuNet: a tiny millisecond-level face detector", Machine
Intelligence Research, 2023.
"""

import threading
from pathlib import Path
from typing import NamedTuple

import numpy as np

from ferkeras.data.decode import resize
from ferkeras.opencv import cv2

WEIGHTS = Path(__file__).with_name("face_detection_yunet_2023mar.onnx")
# How sure the detector must be; boxes that overlap by more are one face.
SURE, OVERLAP = 0.6, 0.3
# It finds faces of 20 to 400 pixels. So pictures are looked at with a longer
# side of `SMALL` pixels, for faces that fill them, and those over `TWICE` again
# with `LARGE` or a third of their own, for the others.
SMALL, TWICE, LARGE = 320, 400, 640
# Side of the square that FER2013 shows of a face, in mean sides of its box.
SHOWN = 1.15

_own = threading.local()


class Face(NamedTuple):
    """A face in a picture, which may reach beyond the picture's edges.

    Attributes:
        left, top, width, height: its box in pixels, about from ear to ear and
            from the forehead to the chin.
        score: how sure the detector is, 0-1.
    """

    left: float
    top: float
    width: float
    height: float
    score: float


def detect_at(image: np.ndarray, side: float) -> np.ndarray:
    """Look for faces with the longer side of the image at `side` pixels.

    Returns:
        float64 `(count, 5)`, columns as the fields of `Face`.
    """
    if not hasattr(_own, "yunet"):
        # One detector is not for several threads.
        _own.yunet = cv2.FaceDetectorYN.create(
            str(WEIGHTS), "", (SMALL, SMALL), SURE, OVERLAP
        )
    height, width = image.shape[:2]
    scale = side / max(height, width)
    size = max(round(width * scale), 1), max(round(height * scale), 1)
    way = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    image = cv2.resize(image, size, interpolation=way)
    _own.yunet.setInputSize(size)
    _, rows = _own.yunet.detect(cv2.cvtColor(image, cv2.COLOR_RGB2BGR))
    if rows is None:
        return np.empty((0, 5))
    # Of strips a few pixels high it gives boxes far outside, and no numbers.
    rows = rows[np.isfinite(rows).all(1)]
    faces = rows[:, [0, 1, 2, 3, 14]].astype(float)
    faces[:, :4] /= scale
    middle = faces[:, :2] + faces[:, 2:4] / 2
    inside = (middle > 0) & (middle < (width, height)) & (faces[:, 2:4] >= 1)
    return faces[inside.all(1)]


def detect_faces(image: np.ndarray) -> list[Face]:
    """Find the faces in a picture.

    Args:
        image: uint8 `(height, width, 3)`, red, green and blue.

    Returns:
        A list of `Face`, the largest first. Most faces under 16 pixels are
        missed and, in pictures over 640 pixels, those under a fortieth of the
        longer side or, if that is less, 48 pixels.
    """
    longer = max(image.shape[:2])
    looks = [detect_at(image, SMALL)]
    if longer > TWICE:
        side = min(longer, max(LARGE, longer / 3))
        closer = detect_at(image, side)
        # What it sees larger than this, the first look sees better.
        looks.insert(0, closer[closer[:, 3] < SMALL * longer / side])
    found = np.concatenate(looks)
    # Of a face that both looks found, the closer one's box.
    order = found[:, 4] + (np.arange(len(found)) < len(looks[0]))
    kept = cv2.dnn.NMSBoxes(
        found[:, :4].tolist(), order.tolist(), SURE, OVERLAP
    )
    faces = [Face(*found[index].tolist()) for index in kept]
    return sorted(faces, key=lambda face: (-face.height, *face))


def cut_out(image: np.ndarray, face: Face, size: int) -> np.ndarray:
    """Cut out a face as FER2013 shows its faces: a square around the box.

    Beyond the edges of the picture, its last pixels are repeated.

    Args:
        image: uint8 `(height, width, 3)`.
        face: where it is.
        size: side of the result in pixels.

    Returns:
        uint8 `(size, size, 3)`.
    """
    side = max(round(SHOWN * (face.width + face.height) / 2), 1)
    left = round(face.left + (face.width - side) / 2)
    top = round(face.top + (face.height - side) / 2)
    height, width = image.shape[:2]
    # Clipped, they are the last pixels.
    rows = np.arange(top, top + side).clip(0, height - 1)
    columns = np.arange(left, left + side).clip(0, width - 1)
    if rows[-1] - rows[0] + 1 == side == columns[-1] - columns[0] + 1:
        return resize(image[top : top + side, left : left + side], size)
    return resize(image[rows[:, None], columns], size)
