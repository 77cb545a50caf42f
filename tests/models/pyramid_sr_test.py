from functools import partial
from importlib import import_module

import keras
import numpy as np
import pytest

from ferkeras.models import edsr, pyramid_sr
from ferkeras.models.pyramid_sr import branch_logits
from tests.layer_checks import check_saving

SHAPE = (64, 64, 3)
RNG = np.random.default_rng(0)
IMAGES = RNG.normal(0, 1, (4, *SHAPE)).astype("float32")
LABELS = np.array([0, 6, 2, 1])
NARROW = ((4,) * 2, (5,) * 2, (6,) * 3, (7,) * 3, (8,) * 3)
# Weights, biases, gamma and beta of each of those convolutions.
WIDTHS = (3, 4, 4, 5, 5, 6, 6, 6, 7, 7, 7, 8, 8, 8)
TRAINED = [9 * a * b + 3 * b for a, b in zip(WIDTHS, WIDTHS[1:], strict=False)]
# In the order of their layers.
PARTS = ("transformer", "edsr_x2", "small", "x2", "original", "shared", "head")
FOUR = ("edsr_x4", "x4")


@pytest.fixture(autouse=True)
def narrow(monkeypatch):
    vgg = import_module("ferkeras.models.vgg16_bn")
    monkeypatch.setattr(vgg, "BLOCKS", NARROW)
    pyramid = import_module("ferkeras.models.pyramid_sr")
    tiny = partial(edsr, filters=4, blocks=1)
    monkeypatch.setattr(pyramid, "edsr", tiny)
    keras.utils.set_random_seed(0)


def values(model, images=IMAGES):
    return keras.ops.convert_to_numpy(model(images))


def softmax(logits):
    powers = np.exp(logits.astype(float))
    return powers / powers.sum(-1, keepdims=True)


def part_of(variable):
    layer = variable.path.split("/")[0]
    parts = (*PARTS, *FOUR)
    return next(p for p in parts if layer == p or layer.startswith(f"{p}_"))


def moved(model, branch, images=IMAGES):
    """Parts that a step along one branch's loss changes."""
    model = branch_logits(model)
    before = model.get_weights()
    model.compile(
        keras.optimizers.SGD(0.1),
        lambda _, logits: keras.ops.mean(logits[:, branch] ** 2),
        run_eagerly=True,
    )
    model.train_on_batch(images, np.zeros((len(images), 7)))
    after = zip(model.weights, model.get_weights(), before, strict=True)
    model.set_weights(before)
    return {
        part_of(variable)
        for variable, new, old in after
        if variable.trainable and (new != old).any()
    }


@pytest.mark.any_backend
def test_each_branch_trains_its_own_part_and_the_shared_ones():
    model = pyramid_sr(SHAPE, 7)
    both = {"shared", "head"}
    assert moved(model, 0) == {"small", *both}
    assert moved(model, 1) == {"edsr_x2", "x2", *both}
    assert moved(model, 2) == {"transformer", "original", *both}


@pytest.mark.any_backend
def test_transformer_learns_from_every_branch_unless_detached():
    model = pyramid_sr(SHAPE, 7, detach=False)
    both = {"transformer", "shared", "head"}
    assert moved(model, 0) == {"small", *both}
    assert moved(model, 1) == {"edsr_x2", "x2", *both}
    assert moved(model, 2) == {"original", *both}


@pytest.mark.any_backend
def test_without_transformer():
    model = pyramid_sr(SHAPE, 7, spatial_transformer=False)
    assert moved(model, 2) == {"original", "shared", "head"}
    assert {part_of(v) for v in model.weights} == {*PARTS} - {"transformer"}


@pytest.mark.any_backend
@pytest.mark.parametrize("position", [0, 1, 7, 12])
def test_private_convolutions_are_there_three_times(position):
    model = pyramid_sr(SHAPE, 7, position=position, spatial_transformer=False)
    trained = {part: 0 for part in PARTS}
    for variable in model.trainable_variables:
        trained[part_of(variable)] += np.prod(variable.shape)
    private = sum(TRAINED[:position])
    assert [trained[part] for part in ("small", "x2", "original")] == (
        [private] * 3
    )
    assert trained["shared"] == sum(TRAINED[position:])


@pytest.mark.any_backend
def test_private_parts_start_alike():
    model = pyramid_sr(SHAPE, 7)
    first, *others = (model.get_layer(p) for p in ("small", "x2", "original"))
    for other in others:
        for one, two in zip(first.weights, other.weights, strict=True):
            assert one is not two
            np.testing.assert_array_equal(one, two)


@pytest.mark.any_backend
def test_output_is_the_logarithm_of_the_mean_probability():
    model = pyramid_sr(SHAPE, 7)
    assert model.output.shape == (None, 7)
    each = values(branch_logits(model))
    assert each.shape == (4, 3, 7)
    fused = values(model)
    np.testing.assert_allclose(np.exp(fused), softmax(each).mean(1), 1e-4)
    assert np.ptp(each, axis=1).min() > 1e-6


@pytest.mark.any_backend
def test_small_branches_see_the_means_of_squares_of_pixels():
    model = branch_logits(pyramid_sr(SHAPE, 7, spatial_transformer=False))
    pattern = np.tile([[1, -1], [-1, 1]], (32, 32))[None, ..., None]
    plain = values(model)
    other = values(model, IMAGES + pattern)
    np.testing.assert_allclose(other[:, :2], plain[:, :2], atol=1e-4)
    assert np.abs(other[:, 2] - plain[:, 2]).max() > 1e-2


def test_two_steps_make_four_branches():
    model = pyramid_sr((128, 128, 3), 7, kstep=2)
    assert branch_logits(model).output.shape == (None, 4, 7)
    sides = {
        name: model.get_layer(name).input.shape[1]
        for name in ("edsr_x2", "edsr_x4", "small", "x2", "x4", "original")
    }
    assert sides == {
        "edsr_x2": 32,
        "edsr_x4": 32,
        "small": 32,
        "x2": 64,
        "x4": 128,
        "original": 128,
    }


@pytest.mark.any_backend
def test_two_steps_share_as_one_does():
    one = pyramid_sr(SHAPE, 7, spatial_transformer=False)
    shape = (128, 128, 3)
    two = pyramid_sr(shape, 7, kstep=2, spatial_transformer=False)
    trained = {part: 0 for part in (*PARTS, *FOUR)}
    for variable in two.trainable_variables:
        trained[part_of(variable)] += np.prod(variable.shape)
    private = sum(TRAINED[:6])
    names = ("small", "x2", "x4", "original")
    assert [trained[name] for name in names] == [private] * 4
    assert trained["shared"] == sum(TRAINED[6:])
    counts = [
        sum(np.prod(v.shape) for v in x.trainable_variables) for x in (one, two)
    ]
    # One more branch, and its own super-resolution.
    assert counts[1] - counts[0] == private + trained["edsr_x4"]
    images = RNG.normal(0, 1, (2, *shape)).astype("float32")
    for branch, own in enumerate(
        ({"small"}, {"edsr_x2", "x2"}, {"edsr_x4", "x4"}, {"original"})
    ):
        assert moved(two, branch, images) == {*own, "shared", "head"}


def test_learned_fusion_has_a_weight_for_each_branch():
    mean, learned = (
        pyramid_sr(SHAPE, 7, fusion=fusion) for fusion in ("mean", "learned")
    )
    assert learned.count_params() == mean.count_params() + 3


def test_training_in_mixed_precision():
    keras.config.set_dtype_policy("mixed_bfloat16")
    try:
        model = pyramid_sr(SHAPE, 7)
        assert model.output.dtype == "float32"
        loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
        model.compile("sgd", loss)
        value = model.train_on_batch(IMAGES, LABELS)
    finally:
        keras.config.set_dtype_policy("float32")
    # Of seven classes, by a fresh network.
    assert abs(value - np.log(7)) < 1.5


def test_saving(tmp_path):
    check_saving(pyramid_sr(SHAPE, 7), IMAGES, tmp_path)


@pytest.mark.parametrize(
    "shape,arguments,message",
    [
        ((48, 48, 3), {}, r"least 64 pixels.*Received: \(48, 48, 3\)"),
        ((65, 64, 3), {}, "multiples of 2 "),
        ((64, 64, 3), {"kstep": 2}, "least 128 pixels"),
        (SHAPE, {"kstep": 0}, "kstep.*Received: 0"),
        (SHAPE, {"position": 13}, "position.*Received: 13"),
        (SHAPE, {"position": -1}, "position.*Received: -1"),
        (SHAPE, {"fusion": "max"}, "fusion.*Received: 'max'"),
    ],
)
def test_misuse(shape, arguments, message):
    with pytest.raises(ValueError, match=message):
        pyramid_sr(shape, 7, **arguments)


def test_super_resolution_may_see_pixels_in_a_range_of_its_own(tmp_path):
    plain = pyramid_sr(SHAPE, 7)
    factor, offset = (2.0, 3.0, 4.0), (0.5, -1.0, 0.0)
    other = pyramid_sr(SHAPE, 7, pixels=(factor, offset))
    other.set_weights(plain.get_weights())
    assert np.abs(values(other) - values(plain)).max() > 1e-4
    # EDSR is convolutions with biases of 0 and ReLUs: a common factor, with
    # no offset, passes through it.
    same = pyramid_sr(SHAPE, 7, pixels=((3.0,) * 3, (0.0,) * 3))
    for variable in (v for v in plain.weights if v.path.startswith("edsr")):
        if variable.path.endswith("bias"):
            variable.assign(np.zeros(variable.shape))
    same.set_weights(plain.get_weights())
    np.testing.assert_allclose(values(same), values(plain), atol=1e-5)
    check_saving(other, IMAGES, tmp_path)
