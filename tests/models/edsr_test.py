import keras
import numpy as np
import pytest

from ferkeras.models import edsr
from tests.layer_checks import check_saving

IMAGES = np.random.default_rng(0).normal(0, 1, (2, 5, 7, 3)).astype("float32")


@pytest.mark.parametrize("scale,parameters", [(2, 1369859), (4, 1517571)])
def test_parameters_of_the_baseline(scale, parameters):
    assert edsr((None, None, 3), scale).count_params() == parameters


def centre(matrix):
    """Kernel that multiplies each pixel by a matrix."""
    kernel = np.zeros((3, 3, *np.shape(matrix)))
    kernel[1, 1] = matrix
    return kernel


def by_hand(scale):
    """Two blocks of identities; each colour fills its squares of pixels."""
    model = edsr((None, None, 3), scale, filters=3, blocks=2)
    for layer in model.layers:
        if isinstance(layer, keras.layers.Conv2D):
            matrix = np.eye(3)
            if "upsample" in layer.name:
                matrix = np.repeat(matrix, 4, axis=1)
            layer.set_weights([centre(matrix), np.zeros(matrix.shape[1])])
    return model


@pytest.mark.parametrize("scale", [2, 4])
def test_skip_connections_and_enlargement_by_hand(scale):
    # A block makes x + relu(x) of x: after two, 4 x where x is positive, and x
    # where not. The long skip adds x once more.
    expected = np.where(IMAGES > 0, 5 * IMAGES, 2 * IMAGES)
    expected = expected.repeat(scale, axis=1).repeat(scale, axis=2)
    ours = keras.ops.convert_to_numpy(by_hand(scale)(IMAGES))
    np.testing.assert_allclose(ours, expected, atol=1e-5)


def test_layers_are_named_after_the_model():
    model = edsr((8, 8, 3), 4, filters=2, blocks=2, name="sr")
    names = [layer.name for layer in model.layers if layer.weights]
    assert names == [
        "sr_head",
        "sr_block1_conv1",
        "sr_block1_conv2",
        "sr_block2_conv1",
        "sr_block2_conv2",
        "sr_body",
        "sr_upsample1",
        "sr_upsample2",
        "sr_tail",
    ]
    assert model.output.shape == (None, 32, 32, 3)


def test_saving(tmp_path):
    model = edsr((None, None, 3), filters=2, blocks=1)
    check_saving(model, IMAGES, tmp_path)


def test_image_stays_float32_in_mixed_precision():
    keras.config.set_dtype_policy("mixed_bfloat16")
    try:
        model = edsr((8, 8, 3), filters=2, blocks=1)
    finally:
        keras.config.set_dtype_policy("float32")
    assert model.output.dtype == "float32"
    assert model.get_layer("edsr_body").compute_dtype == "bfloat16"


@pytest.mark.parametrize("scale", [0, 1, 3, 6])
def test_scales_that_are_not_made_of_doublings(scale):
    with pytest.raises(ValueError, match=f"power of two. Received: {scale}"):
        edsr((8, 8, 3), scale)
