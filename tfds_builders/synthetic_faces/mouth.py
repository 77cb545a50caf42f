"""Draw the mouth: lips, the opening between them, teeth and dimples."""

import numpy as np

from tfds_builders.synthetic_faces.canvas import LEFT, RIGHT, curve
from tfds_builders.synthetic_faces.features import LINE, crease


def draw_mouth(canvas, subject, performance):
    """Draw the lips as the action units of both halves shape them."""
    skin, middle = subject.skin, performance.middle
    left = corner(subject, performance.left, middle) * LEFT
    right = corner(subject, performance.right, middle) * RIGHT
    upper, lower = lip_heights(subject, middle)
    thin = 0.7 * middle.lip_tightener + 0.2 * middle.lip_corner_puller
    lips = subject.lips * max(1 - thin, 0.2)
    upper_edge = lip_line(left, right, upper - lips)
    upper_lip = lip_line(left, right, upper)
    lower_lip = lip_line(left, right, lower)
    lower_edge = lip_line(left, right, lower + 1.3 * lips)

    tone = subject.lip_tone * skin
    canvas.fill(between(upper_edge, lower_edge), tone)
    canvas.fill(between(upper_lip, lower_lip), 0.22 * skin)
    draw_teeth(canvas, subject, middle, upper_lip, lower_lip)
    canvas.stroke(upper_lip, 0.35 * skin, LINE)
    canvas.stroke(lower_edge, 0.75 * tone, 0.02)
    for place, half in ((left, performance.left), (right, performance.right)):
        draw_dimple(canvas, subject, half, place)


def corner(subject, half, middle):
    """The corner of the mouth in the right half, `(2,)`."""
    width = (
        1
        + 0.4 * half.lip_stretcher
        + 0.3 * half.lip_corner_puller
        - 0.05 * half.dimpler
        - 0.22 * half.lip_tightener
        - 0.3 * half.jaw_drop
    )
    drop = (
        0.12 * half.lip_corner_depressor
        + 0.07 * half.lip_stretcher
        + 0.08 * middle.jaw_drop
        - 0.13 * half.lip_corner_puller
        - 0.03 * half.dimpler
    )
    return np.array([subject.mouth_width * width, subject.mouth_height + drop])


def lip_heights(subject, middle):
    """y of the inner edges of the upper and the lower lip in the middle."""
    lift = (
        0.08 * middle.upper_lip_raiser
        + 0.04 * middle.nose_wrinkler
        + 0.02 * middle.lips_part
    )
    fall = (
        0.10 * middle.lips_part
        + 0.30 * middle.jaw_drop
        + 0.09 * middle.lower_lip_depressor
        + 0.02 * middle.lip_corner_puller
    )
    upper = subject.mouth_height - lift
    # Small movements leave the lips closed.
    return upper, upper + max(lift + fall - 0.04, 0.0)


def lip_line(left, right, middle):
    """A curve between the corners, at height `middle` halfway, `(13, 2)`."""
    bend = (8 * middle - left[1] - right[1]) / 6
    return curve(left, (0.45 * left[0], bend), (0.45 * right[0], bend), right)


def between(upper, lower):
    """The polygon between two lines, `(26, 2)`."""
    return np.concatenate((upper, lower[::-1]))


def draw_teeth(canvas, subject, middle, upper_lip, lower_lip):
    """Draw the upper teeth of an open mouth, the lower ones if bared."""
    gap = lower_lip - upper_lip
    opening = gap[len(gap) // 2, 1]
    if opening < 0.04:
        return
    tone = 190 + 0.2 * subject.skin
    edge = upper_lip + gap * min(0.6, 0.085 / opening)
    canvas.fill(between(upper_lip[1:-1], edge[1:-1]), tone)
    if middle.lower_lip_depressor > 0.3:
        edge = lower_lip - 0.3 * gap
        canvas.fill(between(edge[1:-1], lower_lip[1:-1]), tone)


def draw_dimple(canvas, subject, half, place):
    """Draw the bracket that a dimpler presses in beside the corner."""
    outwards = np.sign(place[0])
    bracket = curve((0.03, -0.09), (0.08, -0.03), (0.08, 0.03), (0.03, 0.09))
    grey = crease(subject.skin, 0.9 * half.dimpler)
    canvas.stroke(place + bracket * (outwards, 1), grey, LINE)
