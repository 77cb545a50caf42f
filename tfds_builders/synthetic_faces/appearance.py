"""What varies besides the expression: the subject and the scene.

Lengths are in face units, half the height of an average head; grey levels
are 0 to 255, angles in degrees.
"""

import collections

SUBJECT_RANGES = {
    "skin": (110, 215),
    "hair": (15, 105),
    "head_width": (0.68, 0.80),
    "jaw_width": (0.40, 0.58),
    "chin": (0.92, 1.04),
    "ears": (0.06, 0.11),
    "brow_height": (0.37, 0.43),
    "brow_width": (0.022, 0.046),
    "brow_arch": (0.01, 0.07),
    "eye_spacing": (0.29, 0.36),
    "eye_width": (0.155, 0.195),
    "eye_opening": (0.085, 0.115),
    "iris": (20, 100),
    "nose_length": (0.14, 0.22),
    "nose_width": (0.10, 0.15),
    "mouth_height": (0.49, 0.55),
    "mouth_width": (0.23, 0.29),
    "lips": (0.035, 0.07),
    "lip_tone": (0.60, 0.80),
    "age": (0.0, 0.3),
    "hairline": (0.60, 0.84),
    "hair_volume": (0.03, 0.20),
    "hair_length": (-0.6, 1.2),
    "parting": (-0.5, 0.5),
}
SCENE_RANGES = {
    "roll": (-13, 13),
    "yaw": (-15, 15),
    "scale": (0.92, 1.14),
    "shift_x": (-0.14, 0.14),
    "shift_y": (-0.12, 0.12),
    "gain": (0.75, 1.15),
    "gradient": (0.0, 0.35),
    "gradient_angle": (0, 360),
    "background": (20, 235),
    "background_slope": (-60, 60),
    "clothes": (20, 220),
    "blur": (0.002, 0.011),
    "noise": (1, 7),
}
Subject = collections.namedtuple("Subject", SUBJECT_RANGES)
Scene = collections.namedtuple("Scene", SCENE_RANGES)


def sample_subject(rng):
    """One person: what stays the same in all images of a subject.

    Each field is uniform in its range. `hair_length` is how far below the
    eyes the hair hangs; below 0 it is short.
    """
    return Subject(*sample(SUBJECT_RANGES, rng))


def sample_scene(rng):
    """One photograph: pose, light, background and camera.

    Each field is uniform in its range. `blur` is a standard deviation as a
    share of the image's side, `noise` one in grey levels; `gradient` is the
    relative change of the light from the middle to an edge.
    """
    return Scene(*sample(SCENE_RANGES, rng))


def sample(ranges, rng):
    """One uniform float per range, in the order of the mapping."""
    return [rng.uniform(low, high) for low, high in ranges.values()]
