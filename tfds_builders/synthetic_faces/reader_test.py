"""Tests of the synthetic faces and of how hard they are to tell apart."""

import subprocess
import sys

import keras
import numpy as np
import pytest
from keras import layers
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from tfds_builders.synthetic_faces import reader

TINY = reader.Config("tiny", size=24, train=43, validation=9, test=16)


@pytest.fixture(scope="module")
def tiny():
    return reader.read(TINY)


@pytest.fixture(scope="module")
def full():
    return reader.read("full")


def test_arrays_have_the_sizes_and_types_of_the_config(tiny):
    assert tuple(tiny) == ("train", "validation", "test")
    for split, columns in tiny.items():
        images = getattr(TINY, split)
        assert columns["image"].shape == (images, 24, 24, 1)
        assert columns["image"].dtype == np.uint8
        for name in ("label", "row", "subject"):
            assert columns[name].shape == (images,)
            assert columns[name].dtype == np.int64
        np.testing.assert_array_equal(columns["row"], np.arange(images))


def test_classes_are_those_of_ferplus_in_its_order():
    assert reader.CLASS_NAMES == (
        "neutral",
        "happiness",
        "surprise",
        "sadness",
        "anger",
        "disgust",
        "fear",
        "contempt",
    )


def test_the_same_config_gives_the_same_arrays(tiny):
    again = reader.read(TINY)
    for split, columns in tiny.items():
        for name, column in columns.items():
            np.testing.assert_array_equal(again[split][name], column)


def test_another_seed_gives_other_faces_in_another_order(tiny):
    other = reader.Config("other", 24, train=43, validation=9, test=16, seed=1)
    train = reader.read(other)["train"]
    assert not np.array_equal(train["label"], tiny["train"]["label"])
    same = (train["image"] == tiny["train"]["image"]).mean()
    assert same < 0.1


def test_a_split_does_not_depend_on_the_size_of_another(tiny):
    more = reader.Config("more", size=24, train=60, validation=9, test=16)
    test = reader.read(more)["test"]
    np.testing.assert_array_equal(test["image"], tiny["test"]["image"])


def test_no_subject_is_in_two_splits(tiny):
    subjects = [np.unique(columns["subject"]) for columns in tiny.values()]
    # 43, 9 and 16 images are 6, 2 and 2 subjects of up to eight each.
    np.testing.assert_array_equal(np.concatenate(subjects), np.arange(10))


def test_classes_are_balanced_to_within_one_image(tiny):
    for columns in tiny.values():
        counts = np.bincount(columns["label"], minlength=8)
        assert counts.max() - counts.min() <= 1


def test_no_image_is_repeated_and_none_is_blank(tiny):
    images = np.concatenate([columns["image"] for columns in tiny.values()])
    assert len(np.unique(images, axis=0)) == len(images)
    assert np.ptp(images, axis=(1, 2, 3)).min() > 60


def test_a_larger_image_shows_the_same_face():
    counts = {"train": 8, "validation": 8, "test": 8}
    small, large = (
        reader.read(reader.Config("any", size, **counts))["test"]["image"]
        for size in (24, 48)
    )
    halved = large.reshape(8, 24, 2, 24, 2).mean(axis=(2, 4))
    difference = np.abs(halved - small[..., 0]).mean()
    assert difference < 8


@pytest.mark.parametrize(
    ("values", "received"),
    [
        ({"size": 15}, "size=15"),
        ({"train": 7}, "train=7"),
        ({"validation": 0}, "validation=0"),
        ({"test": -8}, "test=-8"),
        ({"seed": -1}, "seed=-1"),
    ],
)
def test_a_bad_value_is_named(values, received):
    with pytest.raises(ValueError, match=f"Received: {received}$"):
        reader.Config("bad", **values)


def test_an_unknown_config_is_named():
    with pytest.raises(ValueError, match="Received: config='tiny'$"):
        reader.read("tiny")


def test_reading_needs_no_tensorflow():
    code = (
        "import sys; from tfds_builders.synthetic_faces import reader; "
        "assert not {'tensorflow', 'tensorflow_datasets'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


# Of pixels as they are, it takes 829 iterations to converge, and scores a point
# less than after 60 of standardised ones.
@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:lbfgs failed to converge")
def test_a_linear_classifier_on_pixels_stays_under_70_percent(full):
    x, y = flat(full["train"])
    classifier = LogisticRegression(max_iter=60)
    classifier = make_pipeline(StandardScaler(), classifier).fit(x, y)
    assert classifier.score(*flat(full["test"])) < 0.70


@pytest.mark.slow
def test_a_small_convolutional_network_gets_over_90_percent(full):
    keras.utils.set_random_seed(0)
    model = keras.Sequential([layers.Rescaling(1 / 127.5, offset=-1)])
    for width in (8, 16, 32, 64):
        model.add(layers.Conv2D(width, 3, padding="same", use_bias=False))
        model.add(layers.BatchNormalization())
        model.add(layers.ReLU())
        model.add(layers.MaxPooling2D())
    model.add(layers.Flatten())
    model.add(layers.Dropout(0.5))
    model.add(layers.Dense(8))
    train, test = full["train"], full["test"]
    epochs = 6
    steps = epochs * len(train["label"]) // 32
    decay = keras.optimizers.schedules.CosineDecay(3e-3, steps)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.Adam(decay), loss)
    model.fit(train["image"], train["label"], 32, epochs, verbose=0)
    predicted = model.predict(test["image"], verbose=0).argmax(axis=1)
    assert (predicted == test["label"]).mean() > 0.90


def flat(columns):
    images = columns["image"]
    pixels = images.reshape(len(images), -1) / np.float32(255)
    return pixels, columns["label"]
