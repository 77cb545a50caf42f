"""Draw the features that action units move, except the mouth.

Features in pairs are drawn for the right half of the image and mirrored by
`flip`, a factor of the points; `half` holds the action units of that half.
"""

import numpy as np

from tfds_builders.synthetic_faces.canvas import LEFT, RIGHT, curve, ellipse

LINE = 0.028
EYE_HEIGHT = -0.20
IRIS_RADIUS = 0.082


def crease(skin, strength):
    """Grey level of a wrinkle: the skin's own at 0, half of it at 1."""
    return skin * (1 - 0.5 * min(strength, 1.0))


def draw_forehead(canvas, subject, middle):
    """Draw the level wrinkles that raised brows make."""
    raised = 0.35 * middle.inner_brow_raiser + 0.15 * middle.outer_brow_raiser
    grey = crease(subject.skin, raised + 0.5 * subject.age)
    x = 0.18 + 0.22 * middle.outer_brow_raiser
    for y in (-0.58, -0.66):
        ends, bend = y + 0.03, y - 0.03
        line = curve((-x, ends), (-0.1, bend), (0.1, bend), (x, ends))
        canvas.stroke(line, grey, LINE)


def draw_frown(canvas, subject, half, flip):
    """Draw the wrinkles between the brows and at the root of the nose."""
    lowered = max(half.brow_lowerer, 0.7 * half.nose_wrinkler)
    upright = np.array([(0.05, -0.46), (0.045, -0.28)])
    canvas.stroke(upright * flip, crease(subject.skin, 0.9 * lowered), LINE)
    grey = crease(subject.skin, 0.9 * half.nose_wrinkler)
    for y in (-0.16, -0.06):
        slanted = np.array([(0.02, y), (0.13, y + 0.07)])
        canvas.stroke(slanted * flip, grey, LINE)


def draw_folds(canvas, subject, half, flip):
    """Draw the crow's feet and the fold from the nose to the mouth."""
    pulled = half.lip_corner_puller
    lifted = max(half.nose_wrinkler, half.upper_lip_raiser)
    strength = 0.5 * max(pulled, lifted) + 0.5 * subject.age
    bow = 0.06 + 0.10 * pulled + 0.05 * lifted
    x, y = subject.nose_width + 0.04, 0.13 - 0.04 * lifted
    end_x = subject.mouth_width + 0.10 + 0.08 * pulled
    end_y = 0.50 - 0.05 * pulled
    fold = curve(
        (x, y),
        (x + bow, y + 0.04),
        (end_x + 0.3 * bow, end_y - 0.16),
        (end_x, end_y),
    )
    canvas.stroke(fold * flip, crease(subject.skin, 0.1 + strength), LINE)

    grey = crease(subject.skin, 0.6 * half.cheek_raiser + 0.4 * subject.age)
    x = subject.eye_spacing + subject.eye_width
    for slope in (-0.05, 0.06):
        start = (x + 0.04, EYE_HEIGHT + 0.02 + 0.5 * slope)
        foot = np.array([start, (x + 0.14, EYE_HEIGHT + 0.02 + slope)])
        canvas.stroke(foot * flip, grey, LINE)


def draw_nose(canvas, subject, middle):
    """Draw ridge, wings and nostrils."""
    skin, x = subject.skin, subject.nose_width
    y = subject.nose_length - 0.05 * middle.nose_wrinkler
    ridge = curve(
        (0.5 * x, -0.2),
        (0.3 * x, -0.05),
        (0.4 * x, y - 0.1),
        (0.5 * x, y - 0.04),
    )
    wing = curve(
        (0.8 * x, y - 0.09),
        (1.25 * x, y - 0.06),
        (1.2 * x, y + 0.05),
        (0.7 * x, y + 0.03),
    )
    nostril = ellipse(0.42 * x, y + 0.025, 0.035, 0.02)
    canvas.stroke(ridge, 0.82 * skin, 0.03)
    for flip in (LEFT, RIGHT):
        canvas.stroke(wing * flip, 0.62 * skin, LINE)
        canvas.fill(nostril * flip, 0.35 * skin)


def draw_eye(canvas, subject, half, flip):
    """Draw the white, the iris that the lids cover, and the lids."""
    skin, x, y = subject.skin, subject.eye_spacing, EYE_HEIGHT
    above, below = lid_openings(subject, half)
    upper_lid = lid(x, y, subject.eye_width, -above)
    lower_lid = lid(x, y, subject.eye_width, below)
    white = np.concatenate((upper_lid, lower_lid[::-1]))
    iris = ellipse(x, y - 0.01, IRIS_RADIUS, IRIS_RADIUS)
    across = (iris[:, 0] - x) / subject.eye_width
    open_share = np.sqrt(1 - across**2)
    iris[:, 1] = np.clip(
        iris[:, 1], y - above * open_share, y + below * open_share
    )
    canvas.fill(white * flip, min(170 + 0.3 * skin, 245))
    canvas.fill(iris * flip, subject.iris)
    canvas.stroke(upper_lid * flip, min(0.35 * skin, 60), 0.04)
    canvas.stroke(lower_lid * flip, 0.6 * skin, 0.022)
    canvas.stroke((upper_lid - (0, 0.05)) * flip, 0.72 * skin, 0.02)
    pouch = crease(skin, 0.6 * half.cheek_raiser)
    canvas.stroke((lower_lid + (0, 0.07)) * flip, pouch, LINE)


def lid_openings(subject, half):
    """How far the lids are above and below the eye's middle, in face units."""
    above = (
        1
        + 0.7 * half.upper_lid_raiser
        - 0.35 * half.lid_tightener
        - 0.2 * half.cheek_raiser
        - 0.3 * half.nose_wrinkler
        - 0.08 * half.brow_lowerer
    )
    below = (
        0.7
        + 0.15 * half.upper_lid_raiser
        - 0.35 * half.lid_tightener
        - 0.45 * half.cheek_raiser
        - 0.4 * half.nose_wrinkler
    )
    return subject.eye_opening * above, subject.eye_opening * max(below, 0.05)


def lid(x, y, width, height):
    """An arc of a half-width and a (signed) height, `(13, 2)`."""
    # A Bezier arc reaches three quarters of its control points' height.
    bend = y + height / 0.75
    return curve(
        (x - width, y),
        (x - 0.5 * width, bend),
        (x + 0.5 * width, bend),
        (x + width, y),
    )


def draw_brow(canvas, subject, half, flip):
    """Draw one brow, thick at its inner end and thin at its outer one."""
    x, y = subject.eye_spacing, -subject.brow_height
    inner, outer = half.inner_brow_raiser, half.outer_brow_raiser
    lowered, wrinkled = half.brow_lowerer, half.nose_wrinkler
    # Raised and lowered at once, as in sadness, the inner end stays up.
    pressed = 0.13 * lowered * max(1 - 0.8 * inner, 0)
    inner_y = y - 0.15 * inner + pressed + 0.07 * wrinkled
    middle_y = (
        y
        - subject.brow_arch
        - 0.06 * inner
        - 0.13 * outer
        + 0.05 * lowered
        + 0.04 * wrinkled
    )
    outer_y = y + 0.03 - 0.13 * outer + 0.02 * lowered
    inner_x = x - 0.19 - 0.04 * lowered
    line = curve(
        (inner_x, inner_y),
        ((inner_x + x) / 2, 0.4 * inner_y + 0.6 * middle_y),
        (x + 0.09, middle_y),
        (x + 0.22, outer_y),
    )
    taper = subject.brow_width * np.linspace(1.2, 0.4, len(line))
    edge = np.stack((np.zeros_like(taper), taper), axis=1)
    brow = np.concatenate((line - edge, (line + edge)[::-1]))
    canvas.fill(brow * flip, min(subject.hair, 0.45 * subject.skin))
