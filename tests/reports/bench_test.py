"""The bench: rates of all ways, and what is written of them."""

import csv
from dataclasses import replace
from functools import partial

import keras
import numpy as np
import pytest
from keras.layers import Rescaling
from PIL import Image

from ferkeras.data import Faces
from ferkeras.reports import bench, rates_report
from ferkeras.reports.rates_report import ENGINE, FIT, PEERS, SEEDED, WAYS
from ferkeras.training import devices, rates
from reproductions.commands.bench import NETWORKS
from tests import tiny

JAX = keras.backend.backend() == "jax"
# What is measured beside ours is Keras' old generator.
pytestmark = [
    pytest.mark.filterwarnings("ignore:NumpyArrayIterator is set"),
    pytest.mark.filterwarnings("ignore:Please import .affine_transform"),
]


@pytest.fixture(scope="module")
def setup():
    """Two steps of the tiny network, and an image too many."""
    return rates.noise_setup(tiny.ROW, 41, 2)


def test_a_rate_is_the_median_of_its_stretches():
    # 10, 20 and 40 images a second.
    assert rates.rate_of([3, 5, 6, 6.5], 20) == 20
    assert not rates.enough([7.0], 0)
    assert not rates.enough([7.0, 8.0], 1.5)
    assert rates.enough([7.0, 8.0, 9.0], 1.5)


def test_waiting_is_what_the_same_batch_saves():
    assert rates.Rates(25.0, 100.0).wait == 0.75
    assert rates.Rates(100.0, 99.0).wait == 0


@pytest.mark.parametrize("of", [rates.peers_rates, rates.fit_rates])
def test_fit_is_timed_without_its_first_epoch(of, setup, monkeypatch):
    # Epochs of two steps of 20 take 1 s and 3 s, then 2 s and 6 s.
    ends = iter([100, 101, 104, 200, 202, 208])
    monkeypatch.setattr(rates, "seconds_now", lambda: next(ends))
    assert of(setup, seconds=4) == (40 / 2, 40 / 4)
    assert not list(ends)


@pytest.mark.skipif(not JAX, reason="the engine is JAX's")
def test_runs_side_by_side_add_up(setup, monkeypatch):
    # The first stretch compiles; two more take 2 s each.
    ends = iter([100, 102, 104])
    monkeypatch.setattr(rates, "seconds_now", lambda: next(ends))
    # Three runs, each of two steps of 20 images.
    assert rates.engine_rate(setup, 3, seconds=3) == 60


def test_measuring_leaves_the_precision_as_it_was():
    recipe = replace(tiny.RECIPE, precision="mixed_bfloat16")
    setup = rates.noise_setup(replace(tiny.ROW, recipe=recipe), 20, 2)
    assert keras.config.dtype_policy().name == "float32"
    assert setup.networks.classifier.layers[1].compute_dtype == "bfloat16"


def test_the_peers_images_are_augmented_with_their_labels():
    # Each of one grey, its label, which no border or turn changes.
    recipe = replace(tiny.RECIPE, batch_size=16)
    grey = replace(tiny.ROW, channels=("grey",), recipe=recipe)
    grey = replace(grey, normalization=partial(Rescaling, 1.0))
    setup = rates.noise_setup(grey, 64)
    images = np.arange(64, dtype=np.uint8)[:, None, None, None]
    images = np.tile(images, (1, 12, 12, 1))
    images[:, 4:8, 6:9] += 100
    faces = Faces(images, np.arange(64), np.arange(64))
    batches = rates.peers_batches(replace(setup, faces=faces))
    epochs = []
    for _ in range(2):
        epoch = [batches[index] for index in range(len(batches))]
        batches.on_epoch_end()
        images, labels = map(np.concatenate, zip(*epoch, strict=True))
        np.testing.assert_allclose(images.min((1, 2, 3)), labels, atol=1e-4)
        assert sorted(labels) == list(range(64))
        epochs.append(images[np.argsort(labels)])
    changed = np.abs(epochs[0] - epochs[1]).max((1, 2, 3)) > 1
    assert changed.mean() > 0.9


def test_share_of_a_peak():
    # 2 x 1e9 x 1e5 of 1e15 operations a second.
    assert bench.share_of_peak(1e5, 1e9, 1e15) == pytest.approx(0.2)
    h200 = rates_report.peak_of("NVIDIA H200", "mixed_bfloat16")
    assert h200 == 2 * rates_report.peak_of("NVIDIA H200", "float32") - 1e12
    unknown = rates_report.peak_of("AMD EPYC, 2 cores", "float32")
    assert bench.share_of_peak(1e5, 1e9, unknown) is None


def network(name="tiny"):
    return bench.Network(name, tiny.ROW, 100, 40)


def read(path):
    with open(path) as file:
        return list(csv.DictReader(file))


def test_every_way_is_measured_and_written(tmp_path):
    path = bench.bench([network()], tmp_path, seconds=0.01)
    assert path.parent == tmp_path / "bench"
    assert path.name.endswith(f"-{keras.backend.backend()}.md")
    found = {line["way"]: line for line in read(path.with_suffix(".csv"))}
    assert tuple(found) == WAYS
    for way in WAYS if JAX else (PEERS, FIT):
        assert float(found[way]["images_per_second"]) > 0
        assert float(found[way]["teraflops"]) > 0
        assert not found[way]["left_out"]
    for way in (PEERS, FIT):
        assert 0 <= float(found[way]["wait"]) < 1
    for way in () if JAX else (ENGINE, SEEDED):
        assert found[way]["left_out"] == "JAX only"
    text = path.read_text()
    assert devices.device_name() in text and "noise" in text
    assert f"keras {keras.__version__}" in text
    assert "peak is not known" in text
    with Image.open(path.with_suffix(".png")) as picture:
        # White at its edges.
        assert picture.convert("RGB").getpixel((2, 2)) == (255, 255, 255)


def test_without_time_nothing_is_begun_and_that_is_said(tmp_path):
    path = bench.bench([network("late")], tmp_path, limit=-1)
    lines = read(path.with_suffix(".csv"))
    assert {x["left_out"] for x in lines} <= {"no time left", "JAX only"}
    assert "no time left" in path.read_text()
    assert not path.with_suffix(".png").exists()


def test_a_way_that_does_not_fit_leaves_the_others(tmp_path, monkeypatch):
    class ResourceExhaustedError(Exception):
        pass

    def full(setup, seconds):
        raise ResourceExhaustedError("OOM when allocating tensor")

    monkeypatch.setattr(rates, "peers_rates", full)
    path = bench.bench([network()], tmp_path, seconds=0.01)
    peers, ours, *_ = read(path.with_suffix(".csv"))
    assert peers["left_out"] == "out of memory"
    assert float(ours["images_per_second"]) > 0
    with Image.open(path.with_suffix(".png")) as picture:
        assert picture.width > 500


def test_a_line_of_the_table_is_what_was_measured():
    lines = [
        {"network": "net", "image_size": 48, "batch_size": 32, "way": way}
        | {"images_per_second": rate, "wait": wait, "teraflops": 0.5}
        | {"share_of_peak": share, "left_out": ""}
        for way, rate, wait, share in (
            (PEERS, 1000.0, 0.6, 0.1),
            (FIT, 2000.0, 0.125, 0.2),
            (ENGINE, 12.345, None, None),
            (SEEDED, 5000.0, None, 0.501),
        )
    ]
    (pair,) = rates_report.by_network(lines).items()
    assert rates_report.cells(*pair) == [
        *("net", "48", "32", "1,000", "2,000", "12.3", "5,000"),
        *("5.00", "60 %", "12 %", "0.5", "50 %"),
    ]


def test_vgg13_is_measured_in_both_precisions():
    found = {x.name: x.row.recipe.precision for x in NETWORKS}
    assert found.pop("VGG13, bfloat16") == "mixed_bfloat16"
    assert {*found.values()} == {"float32"} and "VGG13" in found
