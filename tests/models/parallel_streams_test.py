from functools import partial

import keras
import numpy as np
import pytest
from keras import layers

from ferkeras.models import mini_xception, parallel_streams
from tests.layer_checks import check_saving

SHAPE = (20, 20, 3)
STREAMS = ((0,), (2, 1))
RNG = np.random.default_rng(0)
IMAGES = RNG.normal(0, 1, (4, *SHAPE)).astype("float32")


def tiny(input_shape, num_classes, name="tiny"):
    inputs = keras.Input(input_shape)
    x = layers.Conv2D(2, 3, activation="relu", name="conv")(inputs)
    x = layers.Flatten(name="flatten")(x)
    logits = layers.Dense(num_classes, dtype="float32", name="logits")(x)
    return keras.Model(inputs, logits, name=name)


streams_of_tiny = partial(
    parallel_streams,
    SHAPE,
    7,
    network=tiny,
    streams=STREAMS,
    spatial_transformer=False,
)


def values(tensor):
    return keras.ops.convert_to_numpy(tensor)


def scores(model, images=IMAGES):
    """Logits of each stream of STREAMS, from its sub-model alone."""
    result = []
    for index, channels in enumerate(STREAMS, 1):
        x = images[..., list(channels)]
        names = [layer.name for layer in model.layers]
        if f"stream{index}_transformer" in names:
            x = model.get_layer(f"stream{index}_transformer")(x)
        result.append(values(model.get_layer(f"stream{index}")(x)))
    return result


@pytest.mark.parametrize("spatial_transformer", [False, True])
def test_mean_of_the_scores(spatial_transformer):
    model = streams_of_tiny(spatial_transformer=spatial_transformer)
    first, second = scores(model)
    np.testing.assert_allclose(
        model.predict(IMAGES, verbose=0), (first + second) / 2, atol=1e-5
    )


def test_concatenated_scores_go_through_a_dense_layer():
    model = streams_of_tiny(combine="concatenate")
    kernel, bias = model.get_layer("logits").get_weights()
    assert kernel.shape == (14, 7)
    np.testing.assert_allclose(
        model.predict(IMAGES, verbose=0),
        np.concatenate(scores(model), axis=1) @ kernel + bias,
        atol=1e-5,
    )


def test_a_stream_sees_its_own_channels_only():
    model = streams_of_tiny(spatial_transformer=True, streams=((0,), (1,)))
    before = model.predict(IMAGES, verbose=0)
    images = IMAGES.copy()
    images[..., 2] += 1
    assert (model.predict(images, verbose=0) == before).all()
    for channel in (0, 1):
        images = IMAGES.copy()
        images[..., channel] += 1
        assert np.abs(model.predict(images, verbose=0) - before).max() > 1e-3


def test_each_stream_is_warped_by_its_own_transformer():
    model = streams_of_tiny(spatial_transformer=True)
    first, second = scores(model)
    # A shift by the whole image: the second stream sees zeros.
    last = model.get_layer("stream2_transformer").localisation[-1]
    last.bias.assign([1, 0, 9, 0, 1, 0])
    blank = values(model.get_layer("stream2")(np.zeros((4, 20, 20, 2))))
    np.testing.assert_allclose(
        model.predict(IMAGES, verbose=0), (first + blank) / 2, atol=1e-5
    )


@pytest.mark.parametrize("spatial_transformer", [False, True])
def test_streams_share_nothing(spatial_transformer):
    arguments = {"spatial_transformer": spatial_transformer}
    single = streams_of_tiny(streams=((0,),), **arguments)
    triple = streams_of_tiny(streams=((0,), (0,), (0,)), **arguments)
    assert len(triple.weights) == 3 * len(single.weights)
    assert triple.count_params() == 3 * single.count_params()
    first, second, third = (
        values(triple.get_layer(f"stream{k}").get_layer("conv").kernel)
        for k in (1, 2, 3)
    )
    assert (first != second).any() and (second != third).any()


@pytest.mark.any_backend
def test_one_stream_is_the_network_behind_a_transformer():
    model = parallel_streams(
        (64, 64, 1),
        7,
        network=mini_xception,
        streams=((0,),),
        spatial_transformer=True,
    )
    assert model.count_params() == 58423 + 48720
    images = RNG.normal(0, 1, (2, 64, 64, 1)).astype("float32")
    # The transformer starts as the identity.
    expected = model.get_layer("stream1")(images)
    np.testing.assert_allclose(
        model.predict(images, verbose=0), values(expected), atol=1e-4
    )
    assert len(model.losses) == 2


def test_names_are_unique_and_number_the_streams():
    model = streams_of_tiny(spatial_transformer=True)
    names = [layer.name for layer in model.layers][1:]
    assert sorted(names) == [
        "logits",
        "stream1",
        "stream1_transformer",
        "stream2",
        "stream2_transformer",
    ]


@pytest.mark.parametrize("combine", ["mean", "concatenate"])
def test_saving(combine, tmp_path):
    model = streams_of_tiny(combine=combine, spatial_transformer=True)
    check_saving(model, IMAGES, tmp_path)


def test_misuse():
    with pytest.raises(ValueError, match="Received: 'max'"):
        streams_of_tiny(combine="max")
    for index in (3, -1):
        with pytest.raises(ValueError, match="indices of the 3 channels"):
            streams_of_tiny(streams=((0,), (index,)))
