import keras
import numpy as np
import pytest

from ferkeras.models import sparse_autoencoder, sparse_classifier
from tests.layer_checks import check_saving

RNG = np.random.default_rng(0)
IMAGES = RNG.uniform(0, 1, (3, 8, 8, 1)).astype(np.float32)
# Two 3x3 convolutions and normalisations a block, of 32, 64, 128 and 256
# filters, as papers.md adds them up.
ENCODER, ENCODER_TRAINED = 1175520, 1173600


def weighted(model):
    """Layers with weights, by name."""
    return {layer.name: layer for layer in model.layers if layer.weights}


def pooled(model):
    """Outputs' width and depth of each layer that is named a pool."""
    return [
        layer.output.shape[2:]
        for layer in model.layers
        if layer.name.endswith("_pool")
    ]


def constant(model):
    """Let the pooled maps be -0.5 and 0.25, and the reconstruction 0.5."""
    for layer in weighted(model).values():
        layer.set_weights([np.zeros_like(w) for w in layer.get_weights()])
    for name, value in (("encoder1_bn2", -0.5), ("encoder2_bn2", 0.25)):
        layer = model.get_layer(name)
        gamma, beta, mean, variance = layer.get_weights()
        layer.set_weights([gamma, beta + value, mean, variance + 1])
    return model


@pytest.mark.parametrize(
    "arguments,parameters",
    [
        ({}, 1758657),
        ({"pools": 3}, 1758657),
        ({"pools": 3, "convolutions": 1}, 778241),
    ],
)
def test_parameters_of_the_autoencoder(arguments, parameters):
    model = sparse_autoencoder((48, 48, 1), **arguments)
    assert model.count_params() == parameters
    assert model.output.shape == (None, 48, 48, 1)


def test_parameters_of_the_encoder():
    layers = weighted(sparse_classifier((48, 48, 1), 7))
    encoder = [v for k, v in layers.items() if k.startswith("encoder")]
    assert sum(layer.count_params() for layer in encoder) == ENCODER
    trained = sum(
        int(np.prod(w.shape)) for e in encoder for w in e.trainable_weights
    )
    assert trained == ENCODER_TRAINED
    assert [*layers][-2:] == ["dense", "logits"]


@pytest.mark.parametrize(
    "pools,shrunk,grown",
    [
        (2, [(24, 32), (12, 64)], [12, 12, 24]),
        (3, [(24, 32), (12, 64), (6, 128)], [6, 12, 24]),
    ],
)
def test_maps_shrink_in_the_first_blocks_and_grow_in_the_last(
    pools, shrunk, grown
):
    model = sparse_autoencoder((48, 48, 1), pools=pools)
    assert pooled(model) == shrunk
    sides = [
        model.get_layer(f"decoder{block}_conv1").output.shape[2]
        for block in (1, 2, 3)
    ]
    assert sides == grown


def test_reconstruction_is_between_0_and_1_in_any_precision():
    keras.config.set_dtype_policy("mixed_bfloat16")
    try:
        output = sparse_autoencoder((8, 8, 2))(np.zeros((2, 8, 8, 2)))
    finally:
        keras.config.set_dtype_policy("float32")
    assert keras.backend.standardize_dtype(output.dtype) == "float32"
    output = keras.ops.convert_to_numpy(sparse_autoencoder((8, 8, 1))(IMAGES))
    assert output.shape == IMAGES.shape
    assert 0 < output.min() < output.max() < 1


@pytest.mark.parametrize("count", [1, 3])
def test_penalty_is_summed_over_an_image_and_averaged_over_the_batch(count):
    # 4 * 4 * 32 values of -0.5 and 2 * 2 * 64 of 0.25: 256 + 64.
    model = constant(sparse_autoencoder((8, 8, 1), sparsity=1e-3))
    model(IMAGES[:count])
    penalties = [float(loss) for loss in model.losses]
    np.testing.assert_allclose(penalties, [0.256, 0.064], 1e-6)


def test_penalty_is_in_the_printed_loss_once():
    model = constant(sparse_autoencoder((8, 8, 1)))
    inputs = keras.Input((8, 8, 1))
    model = keras.Model(inputs, model(inputs))
    model.compile("sgd", "mse")
    half = np.full_like(IMAGES, 0.5)
    loss = model.evaluate(IMAGES, half, batch_size=3, verbose=0)
    np.testing.assert_allclose(loss, 0.0032, 1e-5)


def test_no_penalty_without_sparsity():
    model = sparse_classifier((8, 8, 1), 7, sparsity=0)
    model(IMAGES)
    assert not model.losses


@pytest.mark.parametrize("arguments", [{}, {"pools": 3, "convolutions": 1}])
def test_encoder_goes_from_autoencoder_to_classifier_by_name(arguments):
    source = sparse_autoencoder((8, 8, 1), **arguments)
    target = sparse_classifier((8, 8, 1), 7, **arguments)
    given, taken = weighted(source), weighted(target)
    shared = [name for name in taken if name in given]
    assert shared == [name for name in taken if name.startswith("encoder")]
    assert shared == [name for name in given if name.startswith("encoder")]
    for name in shared:
        taken[name].set_weights(given[name].get_weights())
    maps = [
        keras.Model(model.input, model.get_layer(shared[-1]).output)(IMAGES)
        for model in (source, target)
    ]
    np.testing.assert_array_equal(*map(keras.ops.convert_to_numpy, maps))


def test_saving_keeps_the_penalty(tmp_path):
    model = sparse_autoencoder((8, 8, 1), convolutions=1, sparsity=0.01)
    check_saving(model, IMAGES, tmp_path)
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    for each in (model, loaded):
        each(IMAGES)
    np.testing.assert_allclose(
        [float(loss) for loss in loaded.losses],
        [float(loss) for loss in model.losses],
        1e-5,
    )


@pytest.mark.parametrize("side,pools", [(48, 4), (48, -1), (50, 2), (36, 3)])
def test_poolings_that_cannot_be_undone(side, pools):
    with pytest.raises(ValueError, match=f"Received: pools={pools}.*{side}"):
        sparse_autoencoder((side, side, 1), pools=pools)


def test_the_penalty_adds_up_in_half_precision():
    images = np.random.default_rng(0).random((4, 16, 16, 1), np.float32)
    totals = []
    for policy in ("float32", "mixed_bfloat16"):
        keras.utils.set_random_seed(0)
        keras.config.set_dtype_policy(policy)
        try:
            model = sparse_autoencoder((16, 16, 1), sparsity=1e-3)
        finally:
            keras.config.set_dtype_policy("float32")
        model.compile(keras.optimizers.SGD(0.0), "mse")
        totals.append(model.train_on_batch(images, images))
    assert totals[1] == pytest.approx(totals[0], rel=0.01)
