"""Draw one face: a subject who shows an expression in a scene."""

import cv2
import numpy as np

from tfds_builders.synthetic_faces import (
    action_units,
    appearance,
    features,
    head,
)
from tfds_builders.synthetic_faces.canvas import LEFT, RIGHT, Canvas
from tfds_builders.synthetic_faces.mouth import draw_mouth


def draw_face(expression, subject_rng, rng, size):
    """Draw a grey face.

    Args:
        expression: place in `action_units.CLASS_NAMES`.
        subject_rng: `numpy.random.Generator` that decides who it is.
        rng: `numpy.random.Generator` of all else: the strength of the
            expression, pose, light, background and sensor noise.
        size: side of the image in pixels.

    Returns: uint8 `(size, size)`, grey levels 0 to 255.
    """
    subject = appearance.sample_subject(subject_rng)
    scene = appearance.sample_scene(rng)
    name = action_units.CLASS_NAMES[expression]
    performance = action_units.perform(name, rng)

    canvas = Canvas(size, scene)
    head.draw_background(canvas, scene)
    head.draw_back_hair(canvas, subject)
    head.draw_shoulders(canvas, subject, scene)
    head.draw_skull(canvas, subject, performance)
    features.draw_forehead(canvas, subject, performance.middle)
    features.draw_nose(canvas, subject, performance.middle)
    halves = ((LEFT, performance.left), (RIGHT, performance.right))
    for flip, half in halves:
        features.draw_frown(canvas, subject, half, flip)
        features.draw_folds(canvas, subject, half, flip)
        features.draw_eye(canvas, subject, half, flip)
        features.draw_brow(canvas, subject, half, flip)
    draw_mouth(canvas, subject, performance)
    head.draw_fringe(canvas, subject)
    return photograph(canvas.pixels, scene, size, rng)


def photograph(pixels, scene, size, rng):
    """Shrink a canvas, then add lens blur, light and sensor noise.

    Args:
        pixels: uint8 `(side, side)`, the side a multiple of `size`.
        scene: `appearance.Scene`.
        rng: `numpy.random.Generator` of the noise.
        size: side of the image in pixels.

    Returns: uint8 `(size, size)`.
    """
    image = cv2.resize(pixels, (size, size), interpolation=cv2.INTER_AREA)
    image = cv2.GaussianBlur(image, (0, 0), scene.blur * size)
    angle = np.deg2rad(scene.gradient_angle)
    ramp = np.linspace(-1, 1, size)
    slope = np.cos(angle) * ramp + np.sin(angle) * ramp[:, None]
    light = scene.gain * (1 + scene.gradient * slope)
    noise = scene.noise * rng.standard_normal((size, size))
    return np.clip(np.rint(image * light + noise), 0, 255).astype(np.uint8)
