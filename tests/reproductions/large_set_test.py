"""A set of AffectNet's size streams: memory does not grow with the images.

As a program, `python -m tests.reproductions.large_set_test COUNT`: draws so
many image files in AffectNet's layout, prepares them, trains an epoch on them,
and prints seconds and the peak of memory of each.
"""

import json
import subprocess
import sys
import tempfile
import time
from functools import partial
from pathlib import Path

import cv2
import keras
import numpy as np
import pytest

from ferkeras.data import Datasets, no_augmentation
from ferkeras.layers import COLOURS
from ferkeras.papers import Experiment, Paper, Phase, Recipe, Table, Unit
from ferkeras.runs.reproduce import reproduce
from ferkeras.training import devices
from reproductions.commands import prepare
from reproductions.vo2020_recipes import AFFECTNET_PROTOCOL
from tfds_builders.affectnet import csv_release, fake_files
from tfds_builders.affectnet.rows import EXPRESSIONS

ROOT = Path(__file__).parents[2]
SIDE = 100  # of the images that are trained on
DATASET = "affectnet/8"
VALIDATION = 400


def network(input_shape, num_classes):
    """So small that what feeds it shows."""
    inputs = keras.Input(input_shape)
    x = keras.layers.Conv2D(8, 5, strides=4, activation="relu")(inputs)
    x = keras.layers.GlobalAveragePooling2D()(x)
    return keras.Model(inputs, keras.layers.Dense(num_classes)(x))


ROW = Experiment(
    name="Large",
    model=network,
    channels=COLOURS,
    reported={},
    dataset=DATASET,
    image_size=SIDE,
    recipe=Recipe(
        (Phase(partial(keras.optimizers.SGD, 1e-2), 1),),
        batch_size=128,
        augment=no_augmentation,
        assumed=(),
    ),
)
TABLE = Table("Table 1", 1, (AFFECTNET_PROTOCOL,), (ROW,))
PAPER = Paper("large2000", "Large", "", (TABLE,))
UNIT = Unit(PAPER, TABLE, ROW, AFFECTNET_PROTOCOL, 0)


def draw(folder, count):
    """Write so many files, each another shade and place of a drawn face."""
    rng = np.random.default_rng(0)
    faces = [
        cv2.resize(fake_files.face(name, 0), (SIDE, SIDE))
        for name in EXPRESSIONS
    ]
    images = folder / csv_release.IMAGE_FOLDERS[0]
    for split, number in (("train", count), ("validation", VALIDATION)):
        lines = [",".join(csv_release.COLUMNS)]
        for index in range(number):
            label = index % len(faces)
            left, top = rng.integers(0, 20, 2)
            scene = np.full((120, 120, 3), rng.integers(0, 255), np.uint8)
            scene[top : top + SIDE, left : left + SIDE] = faces[label]
            name = f"{split}{index // 1000}/{index}.jpg"
            path = images / name
            if index % 1000 == 0:
                path.parent.mkdir(parents=True)
            path.write_bytes(cv2.imencode(".jpg", scene)[1].tobytes())
            lines.append(f"{name},{left},{top},{SIDE},{SIDE},,{label},0,0")
        text = "".join(f"{line}\n" for line in lines)
        (folder / csv_release.LISTS[split]).write_text(text)


def prepared(folder):
    """Prepare the files that were drawn."""
    prepare.prepare(DATASET, folder / "data", folder / "manual")


def trained(folder):
    """Train an epoch on them."""
    devices.configure()
    entry = reproduce(UNIT, folder / "results", Datasets(folder / "data"), "c")
    assert entry["epochs"]["done"] == 1


STEPS = {"prepare": prepared, "train": trained}


def took(step, folder):
    """Seconds that a step takes, and the peak of memory in bytes until then."""
    began = time.monotonic()
    STEPS[step](folder)
    # Unlike what `resource` has, without the parent's.
    status = Path("/proc/self/status").read_text()
    peak = 1000 * int(status.partition("VmHWM:")[2].split()[0])
    return time.monotonic() - began, peak


def measured(folder, count):
    """What `took` tells of each step, of so many files, in a process."""
    draw(folder / "manual", count)
    words = "-m", "tests.reproductions.large_set_test", str(folder)
    program = subprocess.run(
        [sys.executable, *words], cwd=ROOT, capture_output=True, text=True
    )
    assert program.returncode == 0, program.stderr
    return json.loads(program.stdout.splitlines()[-1])


@pytest.mark.slow
def test_memory_does_not_grow_with_the_images(tmp_path):
    few = measured(tmp_path / "few", 1_000)
    many = measured(tmp_path / "many", 5_000)
    for step in STEPS:
        # Decoded, the others are 120 MB.
        assert many[step][1] - few[step][1] < 50e6, step


if __name__ == "__main__":
    what = sys.argv[1]
    if what.isdigit():
        with tempfile.TemporaryDirectory() as folder:
            found = measured(Path(folder), int(what))
        for step, (seconds, peak) in found.items():
            print(f"{step}: {seconds:.0f} s, at most {peak / 1e6:,.0f} MB")
    else:
        print(json.dumps({step: took(step, Path(what)) for step in STEPS}))
