import numpy as np
import pytest

from ferkeras.data import no_augmentation, random_affine

NOTHING = {"flip": 0, "rotation": 0, "shift": 0, "zoom": 1, "shear": 0}


def draw(count=2000, size=64, **ranges):
    rng = np.random.default_rng(0)
    return random_affine(rng, count, size, **{**NOTHING, **ranges})


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
