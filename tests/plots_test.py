import matplotlib.image
import numpy as np
import pytest
from PIL import Image

from ferkeras import plots
from ferkeras.plots import filters_png

RNG = np.random.default_rng(0)
KERNELS = RNG.normal(0, 0.01, (5, 4, 3, 7))


def drawn(kernels, folder):
    path = folder / "filters.png"
    filters_png(kernels, "conv1", path)
    return matplotlib.image.imread(path)[..., :3]


def middle_of(colour, picture):
    """Row and column of the middle of the pixels of one colour."""
    return np.argwhere((picture == colour).all(-1)).mean(0)


def test_filters_stand_in_rows_and_are_the_right_way_up(tmp_path):
    # Of five filters, in rows of three, the last is blue over green.
    kernels = np.zeros((2, 2, 3, 5))
    kernels[:, :, 0, 1] = 0.01
    kernels[0, :, 2, 4] = kernels[1, :, 1, 4] = 9.0
    picture = drawn(kernels, tmp_path)
    red, green, blue = (middle_of(c, picture) for c in np.eye(3))
    assert red[0] < blue[0] < green[0]
    np.testing.assert_allclose(red[1], blue[1], atol=1)
    np.testing.assert_allclose(green[1], blue[1], atol=1)
    np.testing.assert_allclose(red[1], picture.shape[1] / 2, atol=2)
    areas = [(picture == c).all(-1).sum() for c in np.eye(3)]
    # The red filter is all red.
    np.testing.assert_allclose(areas[0], 2 * areas[1], rtol=0.05)
    np.testing.assert_allclose(areas[0], 2 * areas[2], rtol=0.05)


def test_each_filter_is_scaled_to_its_own_range(tmp_path):
    other = KERNELS * np.logspace(-3, 3, 7) - np.arange(7)
    np.testing.assert_allclose(
        drawn(other, tmp_path), drawn(KERNELS, tmp_path), atol=2 / 255
    )


def test_one_channel_is_grey(tmp_path):
    picture = drawn(KERNELS[:, :, :1], tmp_path)
    assert (picture == picture[..., :1]).all()
    assert len(np.unique(picture)) > 50


@pytest.mark.parametrize("shape", [(3, 3, 2, 8), (3, 3, 3)])
def test_kernels_of_other_shapes_are_refused(shape, tmp_path):
    with pytest.raises(ValueError, match=r"1 or 3 channels.*shape \(3, 3"):
        filters_png(np.zeros(shape), "conv1", tmp_path / "filters.png")


def test_originals_stand_above_in_the_same_order(tmp_path):
    red, green, blue, white = (*np.eye(3), np.ones(3))
    first, second = (
        np.ones((2, 5, 5, 3)) * np.stack(pair)[:, None, None]
        for pair in ((red, blue), (green, white))
    )
    path = tmp_path / "images.png"
    plots.images_png({"original": first, "network": second}, "title", path)
    picture = matplotlib.image.imread(path)[..., :3]
    red, green, blue = (middle_of(colour, picture) for colour in np.eye(3))
    assert red[0] < green[0] and red[1] < blue[1]
    np.testing.assert_allclose(red[0], blue[0], atol=1)
    np.testing.assert_allclose(red[1], green[1], atol=1)


def test_a_palette_shows_what_was_drawn(tmp_path):
    figure = plots.Figure(figsize=(4, 3))
    figure.subplots().imshow(RNG.uniform(0, 1, (9, 9)), cmap="Blues")
    figure.savefig(tmp_path / "drawn.png")
    plots.save_chart(figure, tmp_path / "chart.png")
    drawn, chart = (
        np.array(Image.open(tmp_path / name).convert("RGB")).astype(int)
        for name in ("drawn.png", "chart.png")
    )
    assert np.abs(drawn - chart).mean() < 2


def test_curves_are_of_the_score_in_percent_and_the_loss(tmp_path, monkeypatch):
    figures = []
    monkeypatch.setattr(
        plots, "save_chart", lambda figure, path: figures.append(figure)
    )
    history = [
        {"accuracy": 0.3, "val_accuracy": 0.2, "loss": 2, "val_loss": 3},
        {"accuracy": 0.5, "val_accuracy": 0.4, "loss": 1, "val_loss": 4},
    ]
    plots.curves_png({"seed 0": history}, "title", tmp_path / "curves.png")
    ((left, right),) = (figure.axes for figure in figures)
    found = [
        {line.get_linestyle(): line.get_ydata() for line in axes.get_lines()}
        for axes in (left, right)
    ]
    # Dashed is training, solid what chooses the epoch.
    assert list(found[0]["--"]) == [30, 50] and list(found[0]["-"]) == [20, 40]
    assert list(found[1]["--"]) == [2, 1] and list(found[1]["-"]) == [3, 4]
    assert list(left.get_lines()[0].get_xdata()) == [1, 2]
    assert left.get_ylabel() == "accuracy (%)" and right.get_ylabel() == "loss"
