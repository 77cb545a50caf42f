import re

import keras
import numpy as np
import pytest
from keras import layers

from ferkeras.layers import LocalResponseNormalization
from ferkeras.models import alexnet
from tests.layer_checks import check_saving, values

RNG = np.random.default_rng(0)
# Nothing to round here: 67, 15, 7, 3, 1.
IMAGES = RNG.uniform(0, 255, (2, 67, 67, 3)).astype("float32")
STAGES = ("conv1", "pool1", "concat2", "pool2", "conv3", "concat4", "concat5")


@pytest.fixture(scope="module")
def full():
    return alexnet((227, 227, 3), 7)


def small(**arguments):
    return alexnet(IMAGES.shape[1:], 7, **{"dense": (6, 5), **arguments})


def by_groups(model):
    """The same network of Keras' grouped convolutions, as Caffe lists it."""
    image = keras.Input(model.input.shape[1:])
    conv = layers.Conv2D
    network = [
        conv(96, 11, 4, activation="relu", name="conv1"),
        LocalResponseNormalization(5, 1e-4, 0.75, 1),
        layers.MaxPool2D(3, 2),
        conv(256, 5, 1, "same", groups=2, activation="relu", name="conv2"),
        LocalResponseNormalization(5, 1e-4, 0.75, 1),
        layers.MaxPool2D(3, 2),
        conv(384, 3, 1, "same", activation="relu", name="conv3"),
        conv(384, 3, 1, "same", groups=2, activation="relu", name="conv4"),
        conv(256, 3, 1, "same", groups=2, activation="relu", name="conv5"),
        layers.MaxPool2D(3, 2),
        layers.Flatten(),
        layers.Dense(6, "relu", name="fc6"),
        layers.Dense(5, "relu", name="fc7"),
        layers.Dense(7, name="logits"),
    ]
    x = image
    for layer in network:
        x = layer(x)
        parts = [
            part.get_weights()
            for part in model.layers
            if part.weights and part.name.split("_")[0] == layer.name
        ]
        if parts:
            arrays = zip(*parts, strict=True)
            layer.set_weights([np.concatenate(each, -1) for each in arrays])
    return keras.Model(image, x)


@pytest.mark.any_backend
def test_halves_make_the_network_with_groups():
    model = small()
    for layer in model.layers:
        if layer.weights:
            kernel, bias = (weight.shape for weight in layer.weights)
            # Large enough for the normalisation to matter.
            spread = np.sqrt(2 / np.prod(kernel[:-1]))
            layer.set_weights(
                [RNG.normal(0, spread, kernel), RNG.normal(0, 1, bias)]
            )
    expected = values(by_groups(model), IMAGES)
    assert expected.std() > 1
    np.testing.assert_allclose(
        values(model, IMAGES), expected, atol=1e-4 * np.abs(expected).max()
    )


def shapes(model):
    return [model.get_layer(name).output.shape[1:] for name in STAGES]


@pytest.mark.any_backend
def test_stages_of_227_pixels(full):
    assert shapes(full) == [
        (55, 55, 96),
        (27, 27, 96),
        (27, 27, 256),
        (13, 13, 256),
        (13, 13, 384),
        (13, 13, 384),
        (13, 13, 256),
    ]
    assert full.get_layer("pool5").output.shape[1:] == (6, 6, 256)
    # Nothing to round, so nothing is padded.
    assert not [layer for layer in full.layers if "pad" in layer.name]


@pytest.mark.any_backend
@pytest.mark.parametrize(
    "side,sides",
    [
        # Rounded up: 26 gives 12.5, 6 gives 2.5.
        (113, [26, 13, 6, 3]),
        (64, [14, 7, 3, 1]),
        (39, [8, 4, 2, 1]),
    ],
)
def test_smaller_images(side, sides):
    model = alexnet((side, side + 1, 1), 7, dense=())
    names = ("conv1", "pool1", "pool2", "pool5")
    assert [model.get_layer(n).output.shape[1] for n in names] == sides


@pytest.mark.any_backend
def test_pooling_keeps_the_last_window_where_it_is_cut_off():
    # 64 and 67 pixels leave 14 rows and 15 columns.
    model = alexnet((64, 67, 1), 7, dense=())
    lrn1, pool1 = (model.get_layer(name) for name in ("lrn1", "pool1"))
    maps = RNG.uniform(0, 1, (1, 14, 15, 96)).astype("float32")
    pooled = values(keras.Model(lrn1.output, pool1.output), maps)
    assert pooled.shape == (1, 7, 7, 96)
    for row, column in np.ndindex(7, 7):
        # Slices end with the array.
        window = maps[0, 2 * row :, 2 * column :][:3, :3]
        assert (pooled[0, row, column] == window.max((0, 1))).all()


@pytest.mark.any_backend
@pytest.mark.parametrize(
    "last,parameters",
    [(1, 56861959), (2, 56554503), (3, 55669383), (4, 55005447)],
)
def test_trained_parameters_with_the_first_convolutions_frozen(
    last, parameters, full
):
    for layer in full.layers:
        layer.trainable = not re.match(f"conv[1-{last}]", layer.name)
    trained = sum(np.prod(v.shape) for v in full.trainable_variables)
    for layer in full.layers:
        layer.trainable = True
    assert trained == parameters


@pytest.mark.any_backend
def test_layers_with_weights_have_caffes_names():
    names = [layer.name for layer in small().layers if layer.weights]
    assert (
        names
        == (
            "conv1 conv2_1 conv2_2 conv3 conv4_1 conv4_2 conv5_1 conv5_2 "
            "fc6 fc7 logits"
        ).split()
    )


@pytest.mark.parametrize(
    "dense,end",
    [
        ((6, 5), ["flatten", "fc6", "dropout", "fc7", "logits"]),
        ((), ["pool5", "flatten", "dropout", "logits"]),
    ],
)
def test_dropout_follows_the_first_dense_layer_or_flattening(dense, end):
    model = small(dense=dense, dropout=0.5)
    assert [layer.name for layer in model.layers][-len(end) :] == end
    assert model.get_layer("dropout").rate == 0.5


@pytest.mark.any_backend
def test_weights_start_as_caffes(full):
    for layer in full.layers:
        if not layer.weights:
            continue
        kernel, bias = layer.get_weights()
        spread = 0.005 if layer.name in ("fc6", "fc7") else 0.01
        error = 4 * spread / np.sqrt(2 * kernel.size)
        assert abs(kernel.std() - spread) < error, layer.name
        offset = 0 if layer.name in ("conv1", "conv3", "logits") else 0.1
        np.testing.assert_allclose(bias, offset)
        # Normal, not uniform and not truncated at two deviations.
        assert np.abs(kernel).max() > 3 * spread


@pytest.mark.parametrize("index", [2, 4, 5])
def test_halves_start_differently(index, full):
    one, two = (
        full.get_layer(f"conv{index}_{group}").get_weights()[0]
        for group in (1, 2)
    )
    assert abs(np.corrcoef(one.ravel(), two.ravel())[0, 1]) < 0.05


def test_saving(tmp_path):
    check_saving(small(), IMAGES, tmp_path)


@pytest.mark.parametrize("shape", [(38, 227, 3), (227, 38, 3)])
def test_images_that_are_too_small_are_refused(shape):
    with pytest.raises(
        ValueError, match=r"least 39 pixels.*Received: input_shape=\("
    ):
        alexnet(shape, 7)
