"""What a row takes from a published file, and the picture of it."""

import dataclasses
import hashlib
from types import SimpleNamespace

import matplotlib.image
import numpy as np
import onnx
import pytest
from onnx import numpy_helper

from ferkeras import plots
from ferkeras.models import alexnet
from ferkeras.papers import Start
from ferkeras.runs.first_weights import fill_with
from ferkeras.weights import FILES
from tests import tiny
from tests.weights import by_hand

RGB = "AlexNet, ImageNet (RGB)"
PICTURE = "work/tiny1999/clean/tiny-net/seed0/filters-alexnet-imagenet-rgb.png"


@pytest.fixture
def datasets(tmp_path, monkeypatch):
    """A folder of weights, with AlexNet's of a few units."""
    path = tmp_path / "weights" / FILES[RGB].name
    path.parent.mkdir()
    tensors = by_hand.alexnet()
    arrays = [numpy_helper.from_array(x, n) for n, x in tensors.items()]
    graph = onnx.helper.make_graph([], "net", [], [], arrays)
    onnx.save(onnx.helper.make_model(graph), path)
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    file = dataclasses.replace(FILES[RGB], sha256=digest)
    monkeypatch.setitem(FILES, RGB, file)
    return SimpleNamespace(data_dir=tmp_path, tensors=tensors)


def take(datasets, names, network):
    results = datasets.data_dir
    (results / PICTURE).parent.mkdir(parents=True)
    start = Start(RGB, {names: r"\g<0>"})
    return fill_with(start, network, tiny.unit(), results, datasets)


def test_the_first_filters_that_were_loaded_are_drawn(datasets, monkeypatch):
    shown = []

    def keep(kernels, title, path):
        shown.append(np.asarray(kernels))
        draw(kernels, title, path)

    draw = plots.filters_png
    monkeypatch.setattr(plots, "filters_png", keep)
    network = alexnet((64, 64, 3), 7, dense=(6,))
    before = network.get_layer("conv3").get_weights()[0]
    taken = take(datasets, "conv[1-2].*", network)
    assert [*taken["layers"]] == ["conv1", "conv2_1", "conv2_2"]
    assert (network.get_layer("conv3").get_weights()[0] == before).all()
    (kernels,) = shown
    # Blue, green, red and channels first in the file.
    published = datasets.tensors["conv1_w_0"].transpose(2, 3, 1, 0)[:, :, ::-1]
    np.testing.assert_array_equal(kernels, published)
    picture = matplotlib.image.imread(datasets.data_dir / PICTURE)
    assert picture[..., :3].std() > 0.05


def test_layers_that_see_no_colours_are_not_drawn(datasets):
    take(datasets, "conv2.*", alexnet((64, 64, 3), 7, dense=(6,)))
    assert not (datasets.data_dir / PICTURE).exists()
