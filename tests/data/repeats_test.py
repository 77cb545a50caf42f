"""Pictures that are on both sides of a division."""

import numpy as np
import pytest

from ferkeras.data import (
    Datasets,
    Faces,
    HoldOut,
    Source,
    files_in_memory,
    npz_path,
    write_npz,
)
from ferkeras.data.encoded import OnDisk
from ferkeras.data.repeats import repeated
from tests.scenes import encoded

pytestmark = pytest.mark.any_backend
RNG = np.random.default_rng(0)
IMAGES = RNG.integers(0, 255, (6, 4, 4, 1)).astype(np.uint8)
HELD = HoldOut("held out", of="train", share=0.5)


def faces(images):
    count = np.arange(len(images))
    return Faces(images, count % 2, count)


def on_disk(images, folder):
    np.save(folder / "pixels.npy", images)
    return OnDisk(folder / "pixels.npy")


@pytest.mark.parametrize("stored", [False, True])
def test_an_image_is_repeated_pixel_for_pixel(stored, tmp_path):
    others = IMAGES[[4, 1, 1]]
    others[0, 3, 3] ^= 1
    if stored:
        others = on_disk(others, tmp_path)
    found = repeated(faces(IMAGES), faces(others))
    assert found.dtype == bool
    assert found.tolist() == [False, True, False, False, False, False]
    # Every one of equal images is; of no others, none.
    assert repeated(faces(others), faces(IMAGES)).tolist() == [0, 1, 1]
    assert not repeated(faces(IMAGES), faces(IMAGES[:0])).any()


def test_files_are_compared_as_files():
    files = [encoded(image[..., 0]) for image in IMAGES]
    found = repeated(
        faces(files_in_memory(files)), faces(files_in_memory(files[2:3]))
    )
    assert found.tolist() == [False, False, True, False, False, False]


def test_a_division_is_compared_part_with_part(tmp_path):
    # Every picture twice.
    pairs = faces(np.concatenate([IMAGES, IMAGES]))
    source = Source("own/pairs", "1", ("a", "b"), ("train",), lambda _: pairs)
    write_npz(source, npz_path("own/pairs", tmp_path))
    datasets = Datasets(tmp_path)

    def part(name, run):
        return datasets.faces("own/pairs", name, (HELD,), 4, run=run)

    for run in range(2):
        found = datasets.repeated(
            "own/pairs", "held out", "train", (HELD,), run
        )
        stay = {row % 6 for row in part("train", run).rows}
        aside = [row % 6 in stay for row in part("held out", run).rows]
        assert found.tolist() == aside
