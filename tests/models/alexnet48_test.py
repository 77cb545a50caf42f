import numpy as np
import pytest

from ferkeras.models import alexnet48


def test_sides_are_torchs():
    model = alexnet48((48, 48, 1), 7)
    shapes = {layer.name: layer.output.shape[1:] for layer in model.layers}
    assert shapes["conv1"] == (11, 11, 64)
    assert shapes["pool1"] == (5, 5, 64)
    assert shapes["conv2"] == (5, 5, 192)
    assert shapes["pool2"] == (2, 2, 192)
    assert shapes["conv3"] == (2, 2, 384)
    assert shapes["conv4"] == shapes["conv5"] == (2, 2, 256)
    assert shapes["flatten"] == (1024,)
    assert shapes["dense6"] == shapes["dense7"] == (4096,)


@pytest.mark.any_backend
def test_first_convolution_pads_evenly():
    # Filters of ones add up what they see. Of a white image, the corner's has
    # 9 x 9 pixels; the last one starts at 4 * 10 - 2 and sees the 10 left.
    model = alexnet48((48, 48, 1), 7)
    conv1 = model.get_layer("conv1")
    conv1.set_weights([np.ones((11, 11, 1, 64)), np.zeros(64)])
    white = np.ones((1, 48, 48, 1), np.float32)
    seen = np.asarray(conv1(model.get_layer("pad1")(white)))[0, ..., 0]
    assert seen[0, 0] == 9 * 9
    assert seen[5, 5] == 11 * 11
    assert seen[10, 10] == 10 * 10


def test_dropout_stands_before_each_hidden_dense_layer():
    names = [layer.name for layer in alexnet48((48, 48, 1), 7).layers]
    ends = ["dropout6", "dense6", "dropout7", "dense7", "logits"]
    assert names[-5:] == ends
