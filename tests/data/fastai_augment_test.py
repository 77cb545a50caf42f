import itertools

import cv2
import numpy as np
import pytest
from scipy import special

from ferkeras.data import (
    NEUTRAL,
    fastai_transforms,
    fastai_views,
    random_affine,
)
from ferkeras.data.fastai_augment import homography

STILL = {"rotation": 0, "warp": 0, "lighting": 0}
ALWAYS = {"affine_share": 1, "lighting_share": 1}


def draw(count=4000, size=97, seed=0, **ranges):
    ranges = {"zoom": 1, "flip": 0, **STILL, **ranges}
    rng = np.random.default_rng(seed)
    return fastai_transforms(rng, count, size, **ranges)


def matrices(rows):
    """Homographies `(..., 3, 3)` from output to input."""
    one = np.ones((*rows.shape[:-1], 1))
    entries = np.concatenate([rows[..., :8], one], -1)
    return entries.reshape(*rows.shape[:-1], 3, 3)


def position(homographies, x, y):
    """Where they take a pixel, `(..., 2)`."""
    point = homographies @ [x, y, 1]
    return point[..., :2] / point[..., 2:]


def one(size=97, mirror=1, stretch=(0, 0, 0, 0), degrees=0, factor=1, focus=0):
    """The homography of one image, `(3, 3)`."""
    rows = homography(
        size,
        np.array([mirror]),
        np.reshape(stretch, (4, 1)),
        np.array([degrees]),
        np.array([factor]),
        np.broadcast_to(focus, 2).reshape(2, 1),
    )
    return matrices(rows)[0]


def quantiles(values, low, high):
    """How far values are from an even spread over their range."""
    wanted = np.linspace(0, 1, 11)
    found = np.quantile((values - low) / (high - low), wanted)
    return np.abs(found - wanted).max()


# Parameters, and where fastai 1.0.61 then reads output pixels (0, 0), (96, 0)
# and (10, 60) of a 97-pixel image, from its own code.
FASTAI = [
    (
        {"stretch": (0.2, 0, 0, 0)},
        [(8, 0), (88, 0), (12.651, 55.814)],
    ),
    (
        {"stretch": (0, -0.1, 0, 0.2)},
        [(0, 0), (96.334, 7.215), (8.821, 57.573)],
    ),
    (
        {"degrees": 30, "factor": 1.2, "focus": (0.5, -0.5)},
        [(38.823, -8.105), (108.105, 31.895), (21.040, 39.363)],
    ),
    (
        {
            "stretch": (0.1, -0.15, 0.05, -0.2),
            "degrees": -25,
            "factor": 1.15,
            "focus": (-0.6, 0.8),
        },
        [(-5.821, 33.865), (57.983, -5.321), (15.410, 73.342)],
    ),
    (
        {
            "mirror": -1,
            "stretch": (0.1, -0.15, 0.05, -0.2),
            "degrees": -25,
            "factor": 1.15,
            "focus": (-0.6, 0.8),
        },
        [(57.983, -5.321), (-5.821, 33.865), (80.490, 47.383)],
    ),
]


@pytest.mark.parametrize("parameters,expected", FASTAI)
def test_positions_equal_those_of_fastai(parameters, expected):
    found = [
        position(one(**parameters), x, y)
        for x, y in [(0, 0), (96, 0), (10, 60)]
    ]
    np.testing.assert_allclose(found, expected, atol=2e-3)


def test_stretched_corners_equal_an_homography_of_opencv():
    # By hand, for the corners of a 3-pixel image: the top grows by 1/2, half
    # of it on either side, and the left side shrinks by 1/4.
    shown = np.array([[-0.5, 0.25], [0, 1.75], [2.5, 0], [2, 2]], np.float32)
    corners = np.array([[0, 0], [0, 2], [2, 0], [2, 2]], np.float32)
    theirs = cv2.getPerspectiveTransform(shown, corners)
    ours = one(size=3, stretch=(0.5, 0, -0.25, 0))
    np.testing.assert_allclose(ours, theirs, atol=1e-6)


def test_nothing_to_do_is_neutral():
    assert (draw() == NEUTRAL).all()
    assert draw().dtype == np.float32


def test_a_flip_is_that_of_random_affine_and_as_often():
    rows = draw(flip=0.3)
    flipped = random_affine(np.random.default_rng(0), 1, 97, flip=1)
    is_flipped = rows[:, 0] < 0
    assert (rows[is_flipped, :6] == flipped).all()
    assert (rows[~is_flipped] == NEUTRAL).all()
    assert is_flipped.mean() == pytest.approx(0.3, abs=0.03)


def test_a_rotation_is_that_of_random_affine():
    for row in random_affine(np.random.default_rng(0), 9, 97, rotation=30):
        degrees = np.rad2deg(np.arctan2(row[3], row[0]))
        ours = one(degrees=degrees)
        np.testing.assert_allclose(ours[:2].ravel(), row, atol=1e-4)
        np.testing.assert_allclose(ours[2], [0, 0, 1], atol=1e-9)


def test_rotation_has_its_share_and_range():
    rows = draw(rotation=30, affine_share=0.4)
    turned = (rows != NEUTRAL).any(-1)
    assert turned.mean() == pytest.approx(0.4, abs=0.03)
    degrees = np.rad2deg(np.arctan2(rows[turned, 3], rows[turned, 0]))
    assert quantiles(degrees, -30, 30) < 0.04


def test_zoom_has_its_share_and_range_and_stays_inside_the_image():
    rows = draw(zoom=1.2, affine_share=0.4)
    zoomed = (rows != NEUTRAL).any(-1)
    assert zoomed.mean() == pytest.approx(0.4, abs=0.03)
    rows = rows[zoomed]
    np.testing.assert_allclose(rows[:, [1, 3, 6, 7]], 0, atol=1e-12)
    np.testing.assert_allclose(rows[:, 0], rows[:, 4], rtol=1e-6)
    assert quantiles(1 / rows[:, 0], 1, 1.2) < 0.04
    # A point drawn evenly from the image stays where it is.
    fixed = rows[:, [2, 5]].T / (1 - rows[:, 0])
    assert quantiles(fixed[0], 0, 96) < 0.04
    assert quantiles(fixed[1], 0, 96) < 0.04
    assert abs(np.corrcoef(fixed)[0, 1]) < 0.1
    assert position(matrices(rows), 0, 0).min() >= -1e-4
    assert position(matrices(rows), 96, 96).max() <= 96 + 1e-4


def test_perspective_changes_each_side_independently():
    rows = draw(warp=0.2, affine_share=0.4)
    warped = (rows != NEUTRAL).any(-1)
    assert warped.mean() == pytest.approx(0.4, abs=0.03)
    # Where the output shows the corners of the input; sides are 96 long.
    back = np.linalg.inv(matrices(rows[warped]))
    corners = [position(back, x, y) for x, y in [(0, 0), (96, 0), (0, 96)]]
    (upper_left, upper_right, lower_left), lower_right = (
        corners,
        position(back, 96, 96),
    )
    # Opposite corners move alike, so that the sides grow about their middle.
    for one_end, other_end, axis in [
        (upper_left, upper_right, 0),
        (lower_left, lower_right, 0),
        (upper_left, lower_left, 1),
        (upper_right, lower_right, 1),
    ]:
        middle = (one_end + other_end)[:, axis] / 2
        np.testing.assert_allclose(middle, 48, atol=2e-2)
    lengths = [
        (upper_right - upper_left)[:, 0],
        (lower_right - lower_left)[:, 0],
        (lower_left - upper_left)[:, 1],
        (lower_right - upper_right)[:, 1],
    ]
    for length in lengths:
        assert quantiles(length / 96, 0.8, 1.2) < 0.04
    correlation = np.corrcoef(lengths) - np.eye(4)
    assert np.abs(correlation).max() < 0.1


def test_brightness_and_contrast_have_their_share_and_range():
    rows = draw(lighting=0.2, lighting_share=0.4)
    assert (rows[:, :8] == NEUTRAL[:8]).all()
    brightness, contrast = rows[:, 8:].T
    brighter, stretched = brightness != 0, contrast != 1
    assert brighter.mean() == pytest.approx(0.4, abs=0.03)
    assert stretched.mean() == pytest.approx(0.4, abs=0.03)
    assert (brighter & stretched).mean() == pytest.approx(0.16, abs=0.03)
    change = special.expit(brightness[brighter])
    assert quantiles(change, 0.4, 0.6) < 0.04
    bounds = np.log([0.8, 1.25])
    assert quantiles(np.log(contrast[stretched]), *bounds) < 0.04


def test_perspective_rotation_and_zoom_happen_independently():
    rows = draw(rotation=30, zoom=1.2, warp=0.2, affine_share=0.5)
    nothing = (rows == NEUTRAL).all(-1)
    assert nothing.mean() == pytest.approx(1 / 8, abs=0.02)
    affine = rows[(np.abs(rows[:, 6:8]) < 1e-12).all(-1)]
    assert len(affine) / 4000 == pytest.approx(1 / 2, abs=0.03)
    turned = np.abs(affine[:, 3]) > 1e-12
    zoomed = np.hypot(affine[:, 0], affine[:, 3]) < 1 - 1e-6
    assert (turned & zoomed).mean() == pytest.approx(1 / 4, abs=0.03)


def test_defaults_are_those_of_fastai():
    explicit = {
        "warp": 0.2,
        "lighting": 0.2,
        "affine_share": 0.75,
        "lighting_share": 0.75,
    }
    for function, others in [
        (fastai_transforms, {"rotation": 9, "zoom": 1.1, "flip": 0.5}),
        (fastai_views, {"rotation": 9, "scale": 1.1}),
    ]:
        full = function(np.random.default_rng(0), 9, 48, **explicit, **others)
        others.pop("flip", None), others.pop("scale", None)
        short = function(np.random.default_rng(0), 9, 48, **others)
        assert (full == short).all()


@pytest.mark.parametrize("view", range(8))
def test_a_view_enlarges_the_image_into_its_corner(view):
    rows = fastai_views(np.random.default_rng(0), 3, 97, scale=1.2, **STILL)
    assert rows.shape == (8, 3, 10) and rows.dtype == np.float32
    assert (rows[..., 8:] == NEUTRAL[8:]).all()
    # fastai's order: bit 0 the lower corners, bit 1 the right, bit 2 the flip.
    lower, right, flipped = view & 1, view >> 1 & 1, view >> 2 & 1
    x, y = 96 * right, 96 * lower
    shown_at = 96 - x if flipped else x
    there = matrices(rows[view])
    np.testing.assert_allclose(
        position(there, shown_at, y), [[x, y]] * 3, atol=1e-4
    )
    # The opposite corner shows what is 80 pixels, 96 / 1.2, away.
    opposite = [[abs(x - 80), abs(y - 80)]] * 3
    np.testing.assert_allclose(
        position(there, 96 - shown_at, 96 - y), opposite, atol=1e-4
    )


def test_views_stay_random_in_all_but_flip_and_zoom():
    rows = fastai_views(
        np.random.default_rng(0), 500, 97, rotation=30, **ALWAYS
    )
    assert len(np.unique(rows.reshape(4000, 10), axis=0)) == 4000
    assert (rows[..., 6:] != NEUTRAL[6:]).all()
    still = {**STILL, "rotation": 30}
    rows = fastai_views(
        np.random.default_rng(0), 500, 97, affine_share=0.4, **still
    )
    turned = rows[..., 3] != 0
    assert turned.mean() == pytest.approx(0.4, abs=0.03)
    # Flips negate both.
    degrees = np.rad2deg(np.arctan(rows[..., 3] / rows[..., 0]))
    assert quantiles(degrees[turned], -30, 30) < 0.04


def test_the_horizon_stays_outside_the_image():
    stretch = np.array(list(itertools.product([-1 / 3, 1 / 3], repeat=4))).T
    ones = np.ones(16)
    rows = homography(97, ones, stretch, 0 * ones, ones, np.zeros((2, 16)))
    for x, y in itertools.product([0, 96], repeat=2):
        assert (rows[:, 6] * x + rows[:, 7] * y + 1 > 0.05).all()


@pytest.mark.parametrize(
    "wrong", [{"warp": 0.34}, {"warp": -0.1}, {"lighting": 1.0}]
)
def test_ranges_that_make_no_picture_are_an_error(wrong):
    ((name, value),) = wrong.items()
    with pytest.raises(ValueError, match=f"Received: {name}={value}"):
        draw(**wrong)


def test_draws_are_a_function_of_the_generator():
    ranges = {"rotation": 30, "zoom": 1.2, "warp": 0.2, "lighting": 0.2}
    assert (draw(seed=1, **ranges) == draw(seed=1, **ranges)).all()
    assert (draw(seed=1, **ranges) != draw(seed=2, **ranges)).any(-1).all()
