"""What both releases of AffectNet say of an image."""

import pathlib
from typing import NamedTuple

SPLITS = ("train", "validation")
# In the order of the publishers' codes, which begin with 0.
EXPRESSIONS = (
    "neutral",
    "happy",
    "sad",
    "surprise",
    "fear",
    "disgust",
    "anger",
    "contempt",
)
# Codes 8 to 10.
WITHOUT_EXPRESSION = ("none", "uncertain", "no face")
NAME_OF_CODE = {
    str(code): name
    for code, name in enumerate(EXPRESSIONS + WITHOUT_EXPRESSION)
}


class Row(NamedTuple):
    """An annotated image, as its release has it.

    Attributes:
        name: for messages.
        number: what identifies the row in its split.
        code: text of the expression.
        box: texts of x, y, width and height of the face, in pixels; None where
            the image is cut to the face.
        path: `pathlib.Path` of the image, or None where it is missing.
    """

    name: str
    number: int
    code: str
    box: tuple[str, ...] | None
    path: pathlib.Path | None
