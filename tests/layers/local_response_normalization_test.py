import keras
import numpy as np
import pytest

from ferkeras.layers import LocalResponseNormalization
from tests.layer_checks import check_layer, check_saving, gradient

IMAGES = np.random.default_rng(0).normal(0, 9, (3, 4, 5, 7)).astype("float32")
DEFAULTS = {"size": 5, "alpha": 1e-4, "beta": 0.75, "k": 1.0}
STRONG = {"size": 3, "alpha": 0.6, "beta": 0.5, "k": 2.0}


def normalize(images, **arguments):
    layer = LocalResponseNormalization(**arguments)
    return keras.ops.convert_to_numpy(layer(images))


def by_loops(images, size, alpha, beta, k):
    result = np.empty(images.shape)
    for channel in range(images.shape[-1]):
        near = images[..., max(0, channel - size // 2) :][
            ..., : size // 2 + 1 + min(channel, size // 2)
        ].astype(float)
        scale = k + alpha / size * (near**2).sum(-1)
        result[..., channel] = images[..., channel] / scale**beta
    return result


def test_layer():
    check_layer(LocalResponseNormalization(**STRONG), IMAGES)


def test_saving(tmp_path):
    image = keras.Input(IMAGES.shape[1:])
    layer = LocalResponseNormalization(**STRONG)
    check_saving(keras.Model(image, layer(image)), IMAGES, tmp_path)


def test_three_channels_by_hand():
    # First: 1 / sqrt(2 + 0.6 / 3 * (1 + 9)) = 1 / 2; the middle one has all
    # three as neighbours: 3 / sqrt(2 + 0.2 * (1 + 9 + 25)) = 3 / 3.
    ours = normalize(np.array([[1.0, 3.0, 5.0]]), **STRONG)
    np.testing.assert_allclose(ours, [[0.5, 1, 5 / np.sqrt(8.8)]], rtol=1e-6)


@pytest.mark.parametrize(
    "arguments",
    [STRONG, DEFAULTS],
)
def test_any_image_equals_loops(arguments):
    np.testing.assert_allclose(
        normalize(IMAGES, **arguments), by_loops(IMAGES, **arguments), 1e-5
    )


@pytest.mark.parametrize("arguments", [STRONG, DEFAULTS])
def test_gradient_equals_finite_differences(arguments):
    layer = LocalResponseNormalization(**arguments)
    # As large as what AlexNet makes of pixels, so that defaults count.
    images = 20 * IMAGES
    weights = np.random.default_rng(1).normal(0, 1, IMAGES.shape)

    def loss(images):
        return keras.ops.sum(layer(images) * weights.astype("float32"))

    def exact(images):
        return (by_loops(images, **arguments) * weights).sum(axis=(1, 2, 3))

    step = 1e-2
    # One pixel of every image at a time, all of its channels.
    (ours,) = gradient(loss, images)
    for channel in range(IMAGES.shape[-1]):
        move = np.zeros(IMAGES.shape)
        move[:, 2, 3, channel] = step
        difference = exact(images + move) - exact(images - move)
        np.testing.assert_allclose(
            ours[:, 2, 3, channel], difference / (2 * step), 1e-3, 1e-6
        )


def test_defaults_equal_tensorflow():
    tf = pytest.importorskip("tensorflow")
    theirs = tf.nn.local_response_normalization(
        IMAGES, depth_radius=2, bias=1, alpha=1e-4 / 5, beta=0.75
    )
    np.testing.assert_allclose(normalize(IMAGES), theirs, 1e-5)


@pytest.mark.parametrize("size", [4, 0, -1])
def test_windows_without_a_middle_are_refused(size):
    with pytest.raises(ValueError, match=f"odd.*Received: size={size}"):
        LocalResponseNormalization(size=size)
