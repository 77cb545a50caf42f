import keras
import numpy as np
import pytest

from ferkeras.models import mini_xception
from tests.layer_checks import check_saving

SHAPE = (64, 64, 1)
RNG = np.random.default_rng(0)
IMAGES = RNG.normal(0, 1, (4, *SHAPE)).astype("float32")


def values(tensor):
    return keras.ops.convert_to_numpy(tensor)


def test_trained_parameters():
    model = mini_xception(SHAPE, 7)
    counts = [int(np.prod(w.shape)) for w in model.trainable_weights]
    assert sum(counts) == 56951


def test_modules_halve_the_image_rounding_up():
    model = mini_xception(SHAPE, 7)
    shapes = [model.get_layer(f"module{k}_add").output.shape for k in (1, 2, 3)]
    assert shapes == [(None, 30, 30, 16), (None, 15, 15, 32), (None, 8, 8, 64)]
    assert model.get_layer("scores").output.shape == (None, 4, 4, 7)


# Inputs of even (30) and odd (15) size: "same" could pad them differently.
@pytest.mark.parametrize("before,module", [(1, 2), (2, 3)])
def test_shortcut_is_a_1x1_convolution_with_stride_2(before, module):
    model = mini_xception(SHAPE, 7)
    x, ours = keras.Model(
        model.input,
        [
            model.get_layer(f"module{before}_add").output,
            model.get_layer(f"module{module}_skip").output,
        ],
    ).predict(IMAGES, verbose=0)
    kernel = model.get_layer(f"module{module}_skip").kernel
    strided = keras.ops.conv(x, kernel, strides=2, padding="same")
    np.testing.assert_allclose(ours, values(strided), atol=1e-4)


@pytest.mark.parametrize("size", [8, 7])
def test_shortcut_has_the_gradient_of_a_strided_convolution(size):
    model = mini_xception(SHAPE, 7)
    inputs = keras.Input((size, size, 8))
    pixels = model.get_layer("module1_skip_pixels")(inputs)
    convolution = model.get_layer("module1_skip")
    shortcut = keras.Model(inputs, convolution(pixels))
    x = RNG.normal(0, 1, (3, size, size, 8)).astype("float32")
    slope = RNG.normal(0, 1, (3, 4, 4, 16)).astype("float32")
    # One step of rate 1 on a linear loss: the change is minus the gradient.
    shortcut.compile(
        keras.optimizers.SGD(1.0),
        lambda true, out: keras.ops.sum(true * out, axis=(1, 2, 3)) * len(x),
    )
    before = values(convolution.kernel)[0, 0]
    shortcut.train_on_batch(x, slope)
    change = before - values(convolution.kernel)[0, 0]
    # Output (i, j) of the strided convolution is kernel' x[2 i, 2 j].
    expected = sum(
        np.outer(x[n, 2 * i, 2 * j], slope[n, i, j])
        for n, i, j in np.ndindex(3, 4, 4)
    )
    np.testing.assert_allclose(change, expected, atol=1e-4)


def test_l2_is_on_the_two_stem_kernels_only():
    model = mini_xception(SHAPE, 7)
    stems = [values(model.get_layer(f"stem{k}").kernel) for k in (1, 2)]
    expected = sum(0.01 * (stem**2).sum() for stem in stems)
    np.testing.assert_allclose(float(sum(model.losses)), expected, 1e-5)


def test_biases_are_in_the_head_only():
    model = mini_xception(SHAPE, 7)
    biases = [w.path for w in model.weights if w.name == "bias"]
    assert biases == ["scores/bias"]


def test_a_step_trains_and_the_file_loads(tmp_path):
    model = mini_xception(SHAPE, 7)
    model.compile("sgd", "mse")
    assert np.isfinite(model.train_on_batch(IMAGES, np.zeros((4, 7))))
    check_saving(model, IMAGES, tmp_path)
