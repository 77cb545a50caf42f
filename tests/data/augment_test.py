from functools import partial

import numpy as np
import pytest

from ferkeras.data import (
    mirrored_crops,
    no_augmentation,
    one_of,
    random_affine,
    random_resized_crop,
)


def draw(count=2000, size=64, **ranges):
    return random_affine(np.random.default_rng(0), count, size, **ranges)


def position(transforms, x, y):
    """Input position of an output pixel, `(count, 2)`."""
    a, b, c, d, e, f = transforms.T
    return np.stack([a * x + b * y + c, d * x + e * y + f], -1)


def test_nothing_to_do_is_the_identity():
    assert (draw() == no_augmentation(None, 2000, 64)).all()


@pytest.mark.parametrize(
    "ranges", [{"flip": 1}, {"rotation": 20}, {"zoom": 1.2}, {"shear": 0.1}]
)
def test_all_but_the_shift_leave_the_centre_in_place(ranges):
    np.testing.assert_allclose(
        position(draw(**ranges), 31.5, 31.5), 31.5, atol=1e-4
    )


def test_flip_happens_with_its_probability():
    left = position(draw(flip=0.3), 0, 10)
    assert set(left[:, 0]) == {0.0, 63.0}
    assert (left[:, 0] == 63).mean() == pytest.approx(0.3, abs=0.04)


def test_an_image_stands_on_its_head_with_its_probability():
    top = position(draw(vertical_flip=0.3), 10, 0)
    assert set(top[:, 1]) == {0.0, 63.0}
    assert (top[:, 1] == 63).mean() == pytest.approx(0.3, abs=0.04)
    assert (top[:, 0] == 10).all()
    # Upside down, the rest is as it was.
    ranges = {"rotation": 20, "shear": 0.1, "shift": 0.1, "zoom": 1.2}
    np.testing.assert_allclose(
        position(draw(vertical_flip=1, **ranges), 10, 5),
        position(draw(**ranges), 10, 63 - 5),
        atol=1e-4,
    )


def test_rotation_keeps_distances_and_its_range():
    transforms = draw(rotation=20)
    arm = position(transforms, 41.5, 31.5) - 31.5
    np.testing.assert_allclose(np.hypot(*arm.T), 10, atol=1e-4)
    angles = np.rad2deg(np.arctan2(arm[:, 1], arm[:, 0]))
    assert np.abs(angles).max() == pytest.approx(20, abs=0.5)


def test_shift_is_a_share_of_the_size_along_each_axis():
    offset = position(draw(shift=0.08, size=100), 0, 0)
    assert np.abs(offset).max(0) == pytest.approx([8, 8], abs=0.1)
    assert abs(np.corrcoef(offset.T)[0, 1]) < 0.1


def test_zoom_in_and_out_are_equally_likely():
    factor = draw(zoom=1.25)[:, 0]
    assert factor.min() == pytest.approx(0.8, abs=0.01)
    assert factor.max() == pytest.approx(1.25, abs=0.01)
    assert np.median(factor) == pytest.approx(1, abs=0.02)


def test_draws_of_earlier_results_can_be_repeated():
    rng = np.random.default_rng(0)
    ranges = {"rotation": 20, "shift": 0.08, "zoom": 1.05, "shear": 0.05}
    first = random_affine(rng, 1000, 64, flip=0.5, **ranges)[0]
    printed = [1.0449424, -0.1207388, 6.3320785, 0.0756170, 0.9615785]
    np.testing.assert_allclose(first, [*printed, 0.3614713], atol=1e-6)
    # Arguments left out are drawn all the same.
    rng, other = np.random.default_rng(0), np.random.default_rng(0)
    random_affine(rng, 5, 64, flip=0.5, **ranges)
    random_affine(other, 5, 64)
    assert rng.random() == other.random() == 0.31024187555895566


def crop(count=20000, size=48, **ranges):
    """Corners and sides `(count,)` of the rectangles cropped, in pixels."""
    rng = np.random.default_rng(0)
    transforms = random_resized_crop(rng, count, size, **ranges)
    assert transforms.dtype == np.float32
    assert (transforms[:, [1, 3]] == 0).all()
    # An image's edge lies half a pixel outside the centre of its first pixel.
    near = position(transforms, -0.5, -0.5) + 0.5
    far = position(transforms, size - 0.5, size - 0.5) + 0.5
    return *near.T, *(far - near).T


def test_crops_are_whole_pixels_inside_the_image():
    corner_and_sides = np.array(crop())
    pixels = np.rint(corner_and_sides)
    np.testing.assert_allclose(corner_and_sides, pixels, atol=1e-4)
    left, top, width, height = pixels
    assert left.min() == top.min() == 0
    assert (left + width).max() == (top + height).max() == 48
    assert width.min() >= 1 and height.min() >= 1


def test_crops_have_uniform_areas_and_log_uniform_ratios():
    # Areas small enough that every rectangle fits at the first try, in an
    # image large enough that rounding sides to pixels does not matter.
    _, _, width, height = crop(size=4800, scale=(0.1, 0.5))
    area, tilt = width * height / 4800**2, np.log(width / height)
    wanted = np.linspace(0, 1, 11)
    for drawn, low, high in [
        (area, 0.1, 0.5),
        (tilt, -np.log(4 / 3), np.log(4 / 3)),
    ]:
        share = np.quantile((drawn - low) / (high - low), wanted)
        np.testing.assert_allclose(share, wanted, atol=0.02)


def test_crops_lie_anywhere_they_fit():
    left, top, width, height = np.rint(crop(scale=(0.3, 0.3), ratio=(1, 1)))
    assert set(width) == set(height) == {26}
    for corner in (left, top):
        places, counts = np.unique(corner, return_counts=True)
        assert list(places) == list(range(48 - 26 + 1))
        np.testing.assert_allclose(counts, 20000 / 23, rtol=0.2)
    assert abs(np.corrcoef(left, top)[0, 1]) < 0.03


@pytest.mark.parametrize(
    "ratio,rectangle",
    [((2, 3), (0, 12, 48, 24)), ((1 / 3, 1 / 2), (12, 0, 24, 48))],
)
def test_crops_that_never_fit_are_central(ratio, rectangle):
    drawn = crop(count=20, scale=(0.9, 1.0), ratio=ratio)
    np.testing.assert_allclose(np.transpose(drawn), [rectangle] * 20, atol=1e-4)


def test_crop_of_everything_is_the_identity():
    rng = np.random.default_rng(0)
    whole = random_resized_crop(rng, 9, 48, scale=(1, 1), ratio=(1, 1))
    assert (whole == no_augmentation(None, 9, 48)).all()


def test_one_of_takes_each_kind_equally_often():
    choices = (
        partial(random_affine, shift=0.1),
        partial(random_affine, flip=1),
        partial(random_affine, rotation=10),
        random_resized_crop,
    )
    drawn = []

    def watch(choice, *arguments):
        drawn.append(choice(*arguments))
        return drawn[-1]

    mixed = one_of(
        np.random.default_rng(0),
        20000,
        48,
        choices=tuple(partial(watch, choice) for choice in choices),
    )
    assert mixed.shape == (20000, 6) and mixed.dtype == np.float32
    kind = np.array([(mixed == each).all(-1) for each in drawn])
    assert (kind.sum(0) == 1).all()
    np.testing.assert_allclose(kind.mean(1), 1 / 4, atol=0.01)


def test_the_mirrored_view_is_the_image_the_other_way_round():
    plain, mirrored = mirrored_crops(None, 3, 48)
    assert (plain == no_augmentation(None, 3, 48)).all()
    assert (position(mirrored, 5, 7) == [42, 7]).all()


def test_crops_reach_the_borders_and_lie_between():
    views = mirrored_crops(None, 2, 48, side=5 / 6)
    assert views.shape == (18, 2, 6)
    first = np.stack([position(view, 0, 0)[0] for view in views[:9]])
    last = np.stack([position(view, 47, 47)[0] for view in views[:9]])
    np.testing.assert_allclose(last - first, 47 * 5 / 6, atol=1e-5)
    assert first.min() == 0 and last.max() == pytest.approx(47, abs=1e-5)
    for view, other in zip(views[:9], views[9:], strict=True):
        np.testing.assert_allclose(
            position(view, 5, 7), position(other, 42, 7), atol=1e-5
        )


def test_nine_crops_lie_on_a_grid():
    crops = mirrored_crops(None, 1, 48, side=5 / 6)[:9, 0]
    edges = [0, 47 / 12, 47 / 6]
    corners = [(left, top) for top in edges for left in edges]
    np.testing.assert_allclose(crops[:, [2, 5]], corners, atol=1e-5)


def test_a_flipped_image_is_drawn_as_earlier_results_had_it():
    some = {"flip": 0.5, "rotation": 20, "shift": 0.08}
    rng = np.random.default_rng(0)
    drawn = random_affine(rng, 1000, 64, **some, zoom=1.05, shear=0.05)
    np.testing.assert_allclose(drawn[1, 2], 62.917408, atol=1e-4)
