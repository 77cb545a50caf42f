"""Activations, dropout and sums of the networks, as their papers count them."""

from collections import Counter
from functools import partial

import keras
import pytest

from ferkeras import models
from tests.narrow import without_values

pytestmark = pytest.mark.any_backend
COLOURED = {models.vgg16_bn}


def counted(model):
    """How many layers do what, whatever layers they lie in."""
    found = Counter()
    for layer in model._flatten_layers(include_self=False, recursive=True):
        activation = getattr(layer, "activation", None)
        if activation not in (None, keras.activations.linear):
            found[activation.__name__] += 1
        match layer:
            case keras.layers.ReLU():
                found["relu6" if layer.max_value == 6 else "relu"] += 1
            case keras.layers.Dropout():
                found[f"dropout {layer.rate:g}"] += 1
            case keras.layers.BatchNormalization():
                found[f"momentum {layer.momentum:g}"] += 1
            case keras.layers.Add():
                found["sum"] += 1
    return dict(found)


@pytest.mark.parametrize(
    "network,expected",
    [
        (models.vgg13, {"relu": 12, "dropout 0.25": 4, "dropout 0.5": 2}),
        # Two in each of 11 blocks, and one before and after them.
        (
            models.compact_bottleneck,
            {"momentum 0.9": 35, "relu6": 24, "sum": 6},
        ),
        (
            models.residual_network,
            {"momentum 0.9": 15, "relu": 13, "sum": 6, "dropout 0.2": 1},
        ),
        # Two convolutions, then one of the two in each of four blocks.
        (models.mini_xception, {"momentum 0.99": 14, "relu": 6, "sum": 4}),
        # Three where it looks, four convolutions and a dense layer.
        (
            models.deep_emotion,
            {"relu": 8, "momentum 0.9": 1, "dropout 0.5": 1},
        ),
        (
            partial(
                models.plain_cnn, filters=(10, 32), dense=(100,), dropout=0.4
            ),
            {"relu": 3, "dropout 0.4": 2},
        ),
        (
            partial(
                models.plain_cnn,
                filters=(10, 32, 64, 128),
                dense=(100,),
                batch_normalization=True,
            ),
            {"relu": 5, "momentum 0.9": 4},
        ),
        # Three convolutions in each of two blocks, after the first.
        (models.dexpression, {"relu": 7}),
        (models.alexnet48, {"relu": 7, "dropout 0.5": 2}),
        (
            models.vgg16_bn,
            {
                "relu": 14,
                "momentum 0.9": 15,
                "dropout 0.25": 1,
                "dropout 0.5": 1,
            },
        ),
    ],
)
def test_a_network_has_the_layers_of_its_paper(network, expected):
    colours = 3 if network in COLOURED else 1
    with without_values():
        model = network((48, 48, colours), 7)
    assert counted(model) == expected


def test_residual_blocks_start_as_nothing_is_added():
    model = models.residual_network((48, 48, 1), 7)
    ends = [x for x in model.layers if x.name.endswith("_2_bn")]
    assert len(ends) == 6
    for layer in ends:
        assert not keras.ops.convert_to_numpy(layer.gamma).any()
