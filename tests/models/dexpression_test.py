import pytest

from ferkeras.models import dexpression


def stages(side, **arguments):
    model = dexpression((side, side, 1), 7, **arguments)
    names = ["conv1", "lrn1", "concat2", "pool2b", "concat3", "pool3b"]
    return [model.get_layer(name).output.shape[2:] for name in names]


@pytest.mark.parametrize("wider,width", [(False, 272), (True, 400)])
def test_stages_of_48_pixels_without_the_first_pooling(wider, width):
    # Two layers of 24, then 12 and 6.
    assert stages(48, first_pool=False, wider=wider) == [
        (24, 64),
        (24, 64),
        (24, width),
        (12, width),
        (12, width),
        (6, width),
    ]


def test_stages_of_224_pixels():
    sides, _ = zip(*stages(224), strict=True)
    assert sides == (112, 56, 56, 28, 28, 14)


def test_further_filters_stand_beside_2b_and_3c():
    model = dexpression((48, 48, 1), 7, wider=True)

    def reads(name):
        return model.get_layer(name).input

    assert reads("conv2d") is reads("conv2b")
    assert reads("conv3d") is reads("conv3c")
    assert model.get_layer("conv2d").kernel_size == (3, 3)
    assert model.get_layer("conv3d").kernel_size == (1, 1)
