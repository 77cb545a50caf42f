"""The facial action units of each expression, and one performance of them."""

import collections
import dataclasses

# Peak intensities, 0 to 1, by FACS number. The combinations follow EMFACS,
# the order of the classes FER+.
PEAKS = {
    "neutral": {},
    "happiness": {6: 0.9, 12: 1.0, 25: 0.8},
    "surprise": {1: 1.0, 2: 1.0, 5: 0.8, 25: 0.5, 26: 1.0},
    "sadness": {1: 1.0, 4: 0.7, 15: 1.0},
    "anger": {4: 1.0, 5: 0.5, 7: 0.9, 23: 1.0},
    "disgust": {9: 1.0, 10: 0.8, 15: 0.6, 16: 0.8, 25: 0.3},
    "fear": {1: 0.9, 2: 0.6, 4: 0.7, 5: 1.0, 20: 1.0, 25: 0.6, 26: 0.35},
    "contempt": {12: 0.9, 14: 1.0},
}
CLASS_NAMES = tuple(PEAKS)
# Shown by one half of the face only.
UNILATERAL = ("contempt",)

UNIT_NAMES = {
    1: "inner_brow_raiser",
    2: "outer_brow_raiser",
    4: "brow_lowerer",
    5: "upper_lid_raiser",
    6: "cheek_raiser",
    7: "lid_tightener",
    9: "nose_wrinkler",
    10: "upper_lip_raiser",
    12: "lip_corner_puller",
    14: "dimpler",
    15: "lip_corner_depressor",
    16: "lower_lip_depressor",
    20: "lip_stretcher",
    23: "lip_tightener",
    25: "lips_part",
    26: "jaw_drop",
}
Units = collections.namedtuple("Units", UNIT_NAMES.values())


@dataclasses.dataclass(frozen=True)
class Performance:
    """Intensities, about 0 to 1.3, of one face's action units.

    `left` and `right` are the halves of the image, `middle` is their mean.
    """

    left: Units
    middle: Units
    right: Units


def perform(expression, rng):
    """Draw a `Performance` of one of `CLASS_NAMES` from a NumPy generator."""
    peaks = [PEAKS[expression].get(number, 0.0) for number in UNIT_NAMES]
    strength = rng.uniform(0.6, 1.1) * rng.uniform(0.75, 1.1, len(peaks))
    asymmetry = rng.uniform(0.9, 1.1, (2, len(peaks)))
    if expression in UNILATERAL:
        asymmetry[rng.integers(2)] = 0.0
    # Nobody's face is ever quite at rest.
    twitch = rng.uniform(0.0, 0.12, len(peaks))
    left, right = peaks * strength * asymmetry + twitch
    middle = (left + right) / 2
    return Performance(*(Units(*x.tolist()) for x in (left, middle, right)))
