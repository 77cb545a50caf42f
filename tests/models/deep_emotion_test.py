import keras
import numpy as np
import pytest

from ferkeras.models import deep_emotion
from tests.layer_checks import check_saving

SHAPE = (48, 48, 1)
IMAGES = np.random.default_rng(0).normal(0, 1, (4, *SHAPE)).astype("float32")


def values(tensor):
    return keras.ops.convert_to_numpy(tensor)


def output_of(model, name, images=IMAGES):
    part = keras.Model(model.input, model.get_layer(name).output)
    return part.predict(images, verbose=0)


def shift_right(model, transformer, pixels):
    """Make one transformer read `pixels` further left, whatever the image."""
    last = model.get_layer(transformer).localisation[-1]
    half = (SHAPE[1] - 1) / 2
    last.bias.assign([1, 0, -pixels / half, 0, 1, 0])


@pytest.mark.parametrize("wide,trainable", [(False, 66877), (True, 217575)])
def test_trainable_parameters_equal_the_count_in_pytorch(wide, trainable):
    model = deep_emotion(SHAPE, 7, wide=wide)
    counts = [int(np.prod(w.shape)) for w in model.trainable_weights]
    assert sum(counts) == trainable
    # Moving mean and variance of ten channels, once: PyTorch's buffers.
    assert model.count_params() - trainable == 2 * 10


def test_layers_have_the_sizes_of_the_paper():
    model = deep_emotion(SHAPE, 7)
    backbone = model.get_layer("backbone")
    sizes = [layer.output.shape[1:] for layer in backbone.layers]
    assert sizes == [
        (46, 46, 10),
        (44, 44, 10),
        (22, 22, 10),
        (22, 22, 10),
        (20, 20, 10),
        (18, 18, 10),
        (18, 18, 10),
        (9, 9, 10),
        (9, 9, 10),
        (810,),
    ]
    normalization = backbone.get_layer("bn")
    assert (normalization.momentum, normalization.epsilon) == (0.9, 1e-5)


def test_network_sees_the_warped_image_only():
    model = deep_emotion(SHAPE, 7)
    shift_right(model, "transformer1", 5)
    black = IMAGES.copy()
    black[:, :, -5:] = 0
    # The last five columns are pushed out, zeros come in on the left: for an
    # image that ends in zeros, a rotation.
    shifted = np.roll(black, 5, axis=2)
    ours = model.predict(IMAGES, verbose=0)
    shift_right(model, "transformer1", 0)
    expected = model.predict(shifted, verbose=0)
    np.testing.assert_allclose(ours, expected, atol=1e-4)


def test_wide_form_sends_both_warped_images_through_one_backbone():
    model = deep_emotion(SHAPE, 7, wide=True)
    assert [layer.name for layer in model.layers].count("backbone") == 1
    first, second = np.split(output_of(model, "features"), 2, axis=1)
    assert first.shape == (4, 810)
    # Both transformers start as the identity.
    np.testing.assert_allclose(first, second, atol=1e-5)
    shift_right(model, "transformer2", 5)
    same, moved = np.split(output_of(model, "features"), 2, axis=1)
    np.testing.assert_allclose(same, first, atol=1e-5)
    assert np.abs(moved - second).max() > 0.01


def test_second_transformer_has_a_localisation_network_of_its_own():
    model = deep_emotion(SHAPE, 7, wide=True)
    counts = [model.get_layer(f"transformer{k}").count_params() for k in (1, 2)]
    assert counts == [23120, 110198]


@pytest.mark.any_backend
def test_dropout_follows_the_first_dense_layer_in_training_only():
    model = deep_emotion(SHAPE, 7, dropout=0.8)
    assert [layer.name for layer in model.layers][-3:] == [
        "dense",
        "dropout",
        "logits",
    ]
    assert model.get_layer("dropout").rate == 0.8
    once, again = (values(model(IMAGES, training=False)) for _ in range(2))
    assert (once == again).all()
    once, again = (values(model(IMAGES, training=True)) for _ in range(2))
    assert np.abs(once - again).max() > 1e-3


def kernels(model):
    return {
        weight.path: values(weight)
        for weight in model.trainable_weights
        if weight.name == "kernel"
    }


@pytest.mark.parametrize("wide,count", [(False, 10), (True, 14)])
def test_l2_is_on_every_kernel_once(wide, count):
    model = deep_emotion(SHAPE, 7, wide=wide, l2=0.25)
    arrays = kernels(model).values()
    assert len(arrays) == len(model.losses) == count
    expected = sum(0.25 * (array**2).sum() for array in arrays)
    np.testing.assert_allclose(float(sum(model.losses)), expected, 1e-5)
    assert not deep_emotion(SHAPE, 7, wide=wide).losses


def test_initializer_reaches_all_kernels_but_those_of_theta():
    keras.utils.set_random_seed(0)
    model = deep_emotion(SHAPE, 7, wide=True, initializer="random_normal")
    zero = [array for array in kernels(model).values() if not array.any()]
    assert [array.shape for array in zero] == [(32, 6), (32, 6)]
    rest = [array for array in kernels(model).values() if array.any()]
    assert len(rest) == 12
    for array in rest:
        # The standard error of a standard deviation is s / sqrt(2 n).
        error = 4 * 0.05 / np.sqrt(2 * array.size)
        assert abs(array.std() - 0.05) < error, array.shape
    theta = values(model.get_layer("transformer1").localisation[-1].bias)
    assert (theta == [1, 0, 0, 0, 1, 0]).all()


@pytest.mark.any_backend
def test_orthogonal_initializer():
    model = deep_emotion(SHAPE, 7, initializer="orthogonal")
    for array in kernels(model).values():
        matrix = array.reshape(-1, array.shape[-1])
        if matrix.any() and len(matrix) >= matrix.shape[1]:
            product = matrix.T @ matrix
            np.testing.assert_allclose(product, np.eye(len(product)), atol=1e-4)


def test_saving(tmp_path):
    model = deep_emotion(SHAPE, 7, wide=True, l2=1e-3)
    shift_right(model, "transformer2", 3)
    check_saving(model, IMAGES, tmp_path)


def test_a_step_trains_the_localisation_networks():
    model = deep_emotion(SHAPE, 7, wide=True)
    model.compile("sgd", "mse")
    model.train_on_batch(IMAGES, np.ones((4, 7)))
    for index in (1, 2):
        last = model.get_layer(f"transformer{index}").localisation[-1]
        assert values(last.kernel).any()
