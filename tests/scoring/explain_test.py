import cv2
import keras
import numpy as np
import pytest
from keras import layers

from ferkeras.scoring.explain import grad_cam
from ferkeras.training.build import build
from tests import tiny

SIDE = 32
# Upright stripes are the evidence of class 0, level ones that of class 1.
PATCHES = ((slice(4, 13), slice(3, 12)), (slice(18, 29), slice(16, 28)))
STEP = np.array([[-1, 2, -1]] * 3, np.float32) / 3
LOGITS = np.array([[1, -1], [-1, 1]], np.float32)


def striped(count=3):
    """Grey noise with both kinds of stripes, each in its patch."""
    rng = np.random.default_rng(0)
    images = rng.uniform(0.4, 0.6, (count, SIDE, SIDE)).astype(np.float32)
    rows, columns = np.mgrid[:SIDE, :SIDE]
    for patch, waves in zip(PATCHES, (columns, rows), strict=True):
        images[:, *patch] = (waves % 3 == 0)[patch]
    return images[..., None]


def put(model, layer, *values):
    """Set the weights of one layer."""
    model.get_layer(layer).set_weights([np.array(v) for v in values])


def planted(pool=1):
    """A network that looks for stripes, with weights set by hand."""
    model = keras.Sequential(
        [
            keras.Input((SIDE, SIDE, 1)),
            layers.Conv2D(2, 3, padding="same", activation="relu", name="conv"),
            layers.MaxPooling2D(pool, name="pool"),
            layers.GlobalAveragePooling2D(name="mean"),
            layers.Dense(2, name="logits"),
        ],
        name="net",
    )
    kernel = np.stack([STEP, STEP.T], -1)[:, :, None]
    # Noise, and the zeros round the image, do not reach the threshold.
    put(model, "conv", kernel, [-0.8, -0.8])
    put(model, "logits", LOGITS, [0, 0])
    return model


def responses(images):
    """What `planted`'s convolution returns, by OpenCV and by hand."""
    found = [
        cv2.filter2D(image, -1, kernel, borderType=cv2.BORDER_CONSTANT)
        for image in images[..., 0]
        for kernel in (STEP, STEP.T)
    ]
    found = np.reshape(found, (len(images), 2, SIDE, SIDE)) - 0.8
    return np.maximum(found, 0)


def normalised(maps):
    return maps / maps.max((1, 2), keepdims=True)


def shares(maps, patch):
    """Share of each map's mass that lies in a patch."""
    return maps[:, *patch].sum((1, 2)) / maps.sum((1, 2))


@pytest.mark.parametrize("label", [0, 1])
def test_evidence_lies_where_it_was_planted(label):
    images = striped()
    maps = grad_cam(planted(), "conv", images, [label] * len(images))
    assert maps.shape == (3, SIDE, SIDE) and maps.dtype == np.float32
    assert maps.min() == 0 and (maps.max((1, 2)) == 1).all()
    assert (shares(maps, PATCHES[label]) > 0.9).all()


@pytest.mark.parametrize("seed", range(4))
def test_random_network_does_not_see_it(seed):
    model = planted()
    rng = np.random.default_rng(seed)
    model.set_weights([rng.normal(size=w.shape) for w in model.get_weights()])
    seen = 0
    for label, patch in enumerate(PATCHES):
        maps = grad_cam(model, "conv", striped(), [label] * 3)
        maps = maps[maps.any((1, 2))]
        seen += len(maps)
        assert (shares(maps, patch) < 0.5).all()
    assert seen


def test_behind_a_mean_the_weights_are_those_of_the_dense_layer():
    # So it is the class activation map of Zhou et al., 2016.
    images = striped()
    upright, level = np.moveaxis(responses(images), 1, 0)
    maps = grad_cam(planted(), "conv", images, [0, 1, 0])
    expected = normalised(np.maximum(upright - level, 0))
    np.testing.assert_allclose(maps[::2], expected[::2], atol=1e-5)
    expected = normalised(np.maximum(level - upright, 0))
    np.testing.assert_allclose(maps[1], expected[1], atol=1e-5)


def test_predicted_class_is_taken_by_default():
    images = striped(2)
    # Without its level stripes, the second image is of class 0.
    images[1][PATCHES[1]] = 0.5
    model = planted()
    predicted = model.predict(images, verbose=0).argmax(1)
    assert predicted.tolist() == [1, 0]
    maps = grad_cam(model, "conv", images)
    assert (maps == grad_cam(model, "conv", images, [1, 0])).all()
    assert (maps != grad_cam(model, "conv", images, [0, 1])).any()


def test_small_maps_are_enlarged_as_opencv_does():
    images = striped()
    found = responses(images)
    blocks = found.reshape(3, 2, SIDE // 4, 4, SIDE // 4, 4).max((3, 5))
    small = np.maximum(blocks[:, 0] - blocks[:, 1], 0)
    large = [cv2.resize(each, (SIDE, SIDE)) for each in small]
    maps = grad_cam(planted(4), "pool", images, [0, 0, 0])
    np.testing.assert_allclose(maps, normalised(np.array(large)), atol=1e-5)


def test_weights_are_mean_slopes_also_where_the_rest_is_not_linear():
    keras.utils.set_random_seed(0)
    inputs = keras.Input((8, 8, 3))
    x = layers.Conv2D(3, 3, activation="relu", name="conv")(inputs)
    features = keras.Model(inputs, x)
    middle = keras.Input(x.shape[1:])
    y = layers.Flatten()(layers.MaxPooling2D()(middle))
    y = layers.Dense(6, activation="tanh")(y)
    head = keras.Model(middle, layers.Dense(4)(y))
    model = keras.Model(inputs, head(features(inputs)))
    images = np.random.default_rng(0).uniform(-1, 1, (2, 8, 8, 3))
    classes = np.array([3, 1])
    maps = features.predict(images, verbose=0)

    def logits(channel, offset):
        moved = maps + offset * (np.arange(3) == channel)
        return head.predict(moved, verbose=0)[np.arange(2), classes]

    # A channel moved as a whole sums its slopes.
    step = 1e-2
    slopes = [logits(k, step) - logits(k, -step) for k in range(3)]
    expected = np.einsum("kn,nijk->nij", slopes, maps)
    expected = np.maximum(expected, 0)
    expected = [cv2.resize(each, (8, 8)) for each in expected]
    found = grad_cam(model, "conv", images, classes)
    np.testing.assert_allclose(found, normalised(np.array(expected)), atol=0.01)


def test_shortcut_round_the_layer_does_not_count():
    inputs = keras.Input((SIDE, SIDE, 1))
    x = layers.Conv2D(1, 1, use_bias=False, name="conv")(inputs)
    x = layers.GlobalAveragePooling2D()(layers.Add()([x, inputs]))
    model = keras.Model(inputs, layers.Dense(2, name="logits")(x))
    put(model, "conv", [[[[2]]]])
    put(model, "logits", [[1, -1]], [0, 0])
    images = striped()
    maps = grad_cam(model, "conv", images, [0, 1, 0])
    expected = normalised(images[..., 0])
    np.testing.assert_allclose(maps[::2], expected[::2], atol=1e-5)
    # Nothing speaks for class 1.
    assert (maps[1] == 0).all()


def test_models_may_be_in_models():
    images = np.round(striped() * 255).astype(np.uint8)
    net = planted()
    model = net
    for name in ("inner", "outer"):
        inputs = keras.Input((SIDE, SIDE, 1))
        model = keras.Model(inputs, model(inputs), name=name)
    inputs = keras.Input((SIDE, SIDE, 1), dtype="uint8")
    scoring = keras.Model(inputs, model(layers.Rescaling(1 / 255)(inputs)))
    expected = grad_cam(net, "conv", images / np.float32(255), [0, 1, 0])
    for name in ("conv", "net/conv", "outer/inner/net/conv"):
        maps = grad_cam(scoring, name, images, [0, 1, 0])
        np.testing.assert_allclose(maps, expected, atol=1e-5)


def test_scoring_model_of_a_row():
    keras.utils.set_random_seed(0)
    networks = build(tiny.ROW, 2)
    images = tiny.faces("test").images[:5]
    transforms = np.tile(np.float32([1, 0, 0, 0, 1, 0]), (5, 1))
    channels = networks.front_end.predict(
        {"image": images, "transform": transforms}, verbose=0
    )
    before = networks.scoring.get_weights()
    (name,) = (
        layer.name
        for layer in networks.classifier.layers
        if isinstance(layer, layers.Conv2D)
    )
    maps = grad_cam(networks.scoring, name, images)
    expected = grad_cam(networks.classifier, name, channels)
    np.testing.assert_allclose(maps, expected, atol=1e-4)
    assert maps.any()
    # Neither dropout nor batch normalisation noticed.
    for a, b in zip(before, networks.scoring.get_weights(), strict=True):
        assert (a == b).all()


def test_model_is_left_as_it_was():
    model = planted()
    layer = model.get_layer("conv")
    layer.activity_regularizer = keras.regularizers.L1(1.0)
    images = striped()
    model(images)
    (before,) = map(float, model.losses)
    first = grad_cam(model, "conv", images)
    assert "call" not in vars(layer)
    # A traced penalty could not be read.
    assert [float(loss) for loss in model.losses] in ([], [before])
    assert (grad_cam(model, "conv", images) == first).all()
    with pytest.raises(ValueError):
        grad_cam(model, "conv", images[..., [0, 0]])
    assert "call" not in vars(layer)


def copies():
    """Two copies of a network side by side, whose layers' names are alike."""
    inputs = keras.Input((SIDE, SIDE, 1))
    scores = []
    for name in ("left", "right"):
        model = planted()
        model.name = name
        scores.append(model(inputs))
    # The right one's weights differ: it finds no stripes.
    put(model, "conv", np.zeros((3, 3, 1, 2)), [0, 0])
    return keras.Model(inputs, layers.Average()(scores))


def test_path_tells_layers_of_one_name_apart():
    images = striped()
    maps = grad_cam(copies(), "left/conv", images, [0, 0, 0])
    expected = grad_cam(planted(), "conv", images, [0, 0, 0])
    np.testing.assert_allclose(maps, expected, atol=1e-5)
    with pytest.raises(
        ValueError, match="2 layers fit: left/conv, right/conv. .*: 'conv'"
    ):
        grad_cam(copies(), "conv", images)


@pytest.mark.parametrize(
    "name,match",
    [
        ("convolution", "0 layers fit: . Received: 'convolution'"),
        ("onv", "0 layers fit"),
        ("mean", r"'mean', which returns \(3, 2\)"),
    ],
)
def test_layer_must_be_there_and_have_maps(name, match):
    with pytest.raises(ValueError, match=match):
        grad_cam(planted(), name, striped())


def test_layer_must_be_called_once():
    inputs = keras.Input((SIDE, SIDE, 1))
    net = planted()
    twice = layers.Average()([net(inputs), net(1 - inputs)])
    with pytest.raises(ValueError, match=r"'conv', which returns \(3.*, \(3"):
        grad_cam(keras.Model(inputs, twice), "conv", striped())
