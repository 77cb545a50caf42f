"""The labels are right: a small network learns them from the real images."""

import os
from pathlib import Path

import keras
import numpy as np
import pytest

from ferkeras.data import Faces
from tfds_builders.fer2013 import reader as fer2013
from tfds_builders.ferplus import reader as ferplus

MANUAL_DIR = os.environ.get("FERKERAS_MANUAL_DIR", "")


def network(num_classes):
    """Three convolutions on images of 32 x 32, for speed."""
    inputs = x = keras.Input((32, 32, 1), dtype="uint8")
    x = keras.layers.Rescaling(1 / 128, -1)(x)
    x = keras.layers.RandomFlip("horizontal")(x)
    for filters in (32, 64, 128):
        x = keras.layers.Conv2D(filters, 3, use_bias=False)(x)
        x = keras.layers.BatchNormalization(momentum=0.9)(x)
        x = keras.layers.ReLU()(keras.layers.MaxPooling2D()(x))
    x = keras.layers.Dropout(0.5)(keras.layers.Flatten()(x))
    return keras.Model(inputs, keras.layers.Dense(num_classes)(x))


def accuracy(splits, num_classes, epochs):
    """PrivateTest accuracy in percent after the last epoch."""
    train, test = (
        Faces(columns["image"], columns["label"], columns["row"]).resized(32)
        for columns in (splits["train"], splits["test"])
    )
    keras.utils.set_random_seed(0)
    model = network(num_classes)
    order = np.random.default_rng(0)
    steps = epochs * (len(train.labels) // 128)
    model.compile(
        optimizer=keras.optimizers.Adam(
            keras.optimizers.schedules.CosineDecay(2e-3, steps)
        ),
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    )
    for _ in range(epochs):
        chosen = order.permutation(len(train.labels))
        model.fit(
            train.images[chosen],
            train.labels[chosen],
            128,
            shuffle=False,
            verbose=0,
        )
    logits = model.predict(test.images, 256, verbose=0)
    return 100 * (logits.argmax(-1) == test.labels).mean()


@pytest.mark.slow
@pytest.mark.skipif(
    not Path(MANUAL_DIR, "fer2013.csv").is_file(),
    reason="set FERKERAS_MANUAL_DIR to the folder of fer2013.csv and "
    "fer2013new.csv to train on the real images",
)
@pytest.mark.parametrize(
    "reader,config,epochs,least",
    [(fer2013, None, 9, 55), (ferplus, "majority", 6, 70)],
)
def test_a_small_network_learns_the_labels(reader, config, epochs, least):
    splits = reader.read(config, MANUAL_DIR)
    assert accuracy(splits, len(reader.CLASS_NAMES), epochs) > least
