"""Batches shared over two devices train as on one.

As a program, under JAX: prints the epochs of a run by each way of training.
"""

import json
import os
import subprocess
import sys
import tempfile
from dataclasses import replace
from functools import partial
from pathlib import Path

import keras
import pytest

from ferkeras.papers import Phase
from ferkeras.training import devices, sharing
from ferkeras.training.build import build
from tests import tiny

ROOT = Path(__file__).parents[2]
WAYS = "step", "engine"
# 5 batches of 20 and one of 5, which two devices cannot share evenly.
IMAGES = 105


def trained(way):
    """Losses and scores of a run, epoch by epoch."""
    recipe = replace(
        tiny.RECIPE, phases=(Phase(partial(keras.optimizers.SGD, 1e-2), 3),)
    )
    faces = tiny.faces("train", IMAGES), {"x": tiny.faces("validation", 45)}
    with tempfile.TemporaryDirectory() as folder:
        _, (run,) = tiny.train(
            Path(folder),
            row=replace(tiny.ROW, recipe=recipe),
            faces_at=lambda size: faces,
            way=way,
        )
    return [
        {k: v for k, v in epoch.items() if "seconds" not in k}
        for epoch in run.folders[0].history
    ]


def histories(count):
    """What the program prints, on so many devices of a processor."""
    flags = (
        os.environ.get("XLA_FLAGS", ""),
        f"--xla_force_host_platform_device_count={count}",
    )
    ours = {"KERAS_BACKEND": "jax", "XLA_FLAGS": " ".join(flags)}
    program = subprocess.run(
        [sys.executable, "-m", "tests.training.shared_batches_test"],
        cwd=ROOT,
        env=os.environ | ours,
        capture_output=True,
        text=True,
    )
    assert program.returncode == 0, program.stderr
    return json.loads(program.stdout)


@pytest.fixture(scope="module")
def on_one_and_two():
    pytest.importorskip("jax")
    return histories(1), histories(2)


@pytest.mark.parametrize("way", WAYS)
def test_losses_on_two_devices_are_those_on_one(way, on_one_and_two):
    one, two = on_one_and_two
    assert (one["devices"], two["devices"]) == (1, 2)
    for a, b in zip(one[way], two[way], strict=True):
        assert b == pytest.approx(a, abs=1e-4)
    # The step was divided: XLA adds up what both made of it.
    assert not one["divided"] and two["divided"]


def divided(networks):
    """Whether XLA divides a batch over devices and adds up what they make."""
    import jax

    model, faces = networks.training, tiny.faces("train", 20)
    inputs = {"image": faces.images, "transform": networks.plain(20)}
    state = [
        [v.value for v in model.trainable_variables],
        [v.value for v in model.non_trainable_variables],
    ]

    def loss(trainable, fixed, inputs):
        outputs, _ = model.stateless_call(trainable, fixed, inputs)
        return outputs.mean()

    place = sharing.everywhere()
    step = jax.jit(jax.grad(loss)).lower(*state, jax.device_put(inputs, place))
    return "all-reduce" in step.compile().as_text()


if __name__ == "__main__":
    import jax

    found = {"devices": jax.device_count()}
    devices.configure()
    if jax.device_count() > 1:
        sharing.share_batches()
    keras.utils.set_random_seed(0)
    found["divided"] = divided(build(tiny.ROW, 2))
    print(json.dumps(found | {way: trained(way) for way in WAYS}))
