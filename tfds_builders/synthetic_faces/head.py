"""Draw the parts of the head that hold the features: from behind to front."""

import numpy as np

from tfds_builders.synthetic_faces.canvas import LEFT, RIGHT, ellipse, outline


def draw_background(canvas, scene):
    """Cover the canvas with a wall, brighter on one side."""
    ramp = np.linspace(-1, 1, canvas.pixels.shape[1])
    wall = scene.background + scene.background_slope * ramp
    canvas.pixels[:] = np.clip(wall, 0, 255).astype(np.uint8)


def draw_back_hair(canvas, subject):
    """Draw the hair that hangs behind the head, if there is any."""
    if subject.hair_length < 0:
        return
    bottom, top = subject.hair_length, -1.02 - subject.hair_volume
    side = subject.head_width + subject.hair_volume
    hair = outline(
        (-side, bottom),
        (-side - 0.1, -0.3),
        (-side, top - 0.08),
        (0, top),
        (side, top - 0.08),
        (side + 0.1, -0.3),
        (side, bottom),
    )
    canvas.fill(hair, subject.hair)


def draw_shoulders(canvas, subject, scene):
    """Draw neck and clothes."""
    x = 0.8 * subject.jaw_width
    neck = [(-x, 0.4), (x, 0.4), (x + 0.1, 1.6), (-x - 0.1, 1.6)]
    canvas.fill(np.array(neck), 0.72 * subject.skin)
    clothes = outline(
        (-1.7, 2.0),
        (-1.4, 1.15),
        (-0.6, 1.25),
        (-x, 1.1),
        (-0.2, 1.35),
        (0.2, 1.35),
        (x, 1.1),
        (0.6, 1.25),
        (1.4, 1.15),
        (1.7, 2.0),
    )
    canvas.fill(clothes, scene.clothes)


def draw_skull(canvas, subject, performance):
    """Draw ears, the head, and the soft shading of sockets and cheeks."""
    skin, x = subject.skin, subject.head_width
    drop = 0.14 * performance.middle.jaw_drop
    head = head_outline(subject, drop)
    for flip in (LEFT, RIGHT):
        ear = ellipse(x, 0.0, subject.ears, 0.2)
        canvas.fill(ear * flip, 0.85 * skin)
    canvas.fill(head, 0.80 * skin)
    canvas.fill(head * (0.90, 0.95), skin)
    halves = ((LEFT, performance.left), (RIGHT, performance.right))
    for flip, half in halves:
        raised = half.cheek_raiser
        socket = ellipse(subject.eye_spacing, -0.24, 0.22, 0.13)
        cheek = ellipse(0.40, 0.20 - 0.04 * raised, 0.16, 0.13)
        canvas.fill(socket * flip, 0.86 * skin)
        canvas.fill(cheek * flip, (1.06 + 0.08 * raised) * skin)
    below_lips = subject.mouth_height + 0.2 + drop
    canvas.fill(ellipse(0, below_lips, 0.16, 0.05), 0.90 * skin)
    canvas.soften(0.05)
    canvas.stroke(head, 0.6 * skin, 0.02)


def head_outline(subject, drop):
    """Points around the head, its chin lowered by `drop`, `(78, 2)`."""
    side, jaw, chin = subject.head_width, subject.jaw_width, subject.chin + drop
    corner = 0.75 + drop
    return outline(
        (0, -1),
        (0.6 * side, -1),
        (side, -0.75),
        (side, -0.1),
        (side, 0.35),
        (jaw + 0.12, corner - 0.13),
        (jaw, corner),
        (0.6 * jaw, chin),
        (0.3 * jaw, chin),
        (0, chin),
        (-0.3 * jaw, chin),
        (-0.6 * jaw, chin),
        (-jaw, corner),
        (-jaw - 0.12, corner - 0.13),
        (-side, 0.35),
        (-side, -0.1),
        (-side, -0.75),
        (-0.6 * side, -1),
        (0, -1),
    )


def draw_fringe(canvas, subject):
    """Draw the hair in front of the head, down to the hairline."""
    side, line = subject.head_width, -subject.hairline
    full = side + 0.6 * subject.hair_volume
    top = -1.02 - subject.hair_volume
    temple = -0.3 + 0.15 * subject.hair_length
    hair = outline(
        (-side, temple),
        (-full - 0.05, -0.75),
        (-0.7 * full, top),
        (0, top),
        (0.7 * full, top),
        (full + 0.05, -0.75),
        (side, temple),
        (0.92 * side, -0.55),
        (0.6 * side, line),
        (subject.parting, line - 0.12),
        (-0.6 * side, line),
        (-0.92 * side, -0.55),
        (-side, temple),
    )
    canvas.fill(hair, subject.hair)
