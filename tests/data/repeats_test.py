"""Pictures that are on both sides of a division."""

from functools import partial

import numpy as np
import pytest

from ferkeras.data import (
    Copies,
    Datasets,
    Faces,
    Fold,
    Source,
    files_in_memory,
    npz_path,
    random_affine,
    write_npz,
)
from ferkeras.data.encoded import OnDisk
from ferkeras.data.repeats import repeated
from tests.scenes import encoded

pytestmark = pytest.mark.any_backend
RNG = np.random.default_rng(0)
IMAGES = RNG.integers(0, 255, (6, 4, 4, 1)).astype(np.uint8)
FOLD = Fold("fold", of="train", folds=3)


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


def test_a_fold_is_compared_with_the_others(tmp_path):
    # Every picture twice.
    pairs = faces(np.concatenate([IMAGES, IMAGES]))
    source = Source("own/pairs", "1", ("a", "b"), ("train",), lambda _: pairs)
    write_npz(source, npz_path("own/pairs", tmp_path))
    datasets = Datasets(tmp_path)
    found = []
    for run in range(3):
        stay, aside = (
            datasets.outline("own/pairs", name, (FOLD,), run)
            for name in ("train", "fold")
        )
        again = repeated(aside, stay)
        kept = {row % 6 for row in stay.rows}
        assert again.tolist() == [row % 6 in kept for row in aside.rows]
        found.append(aside.rows.tolist())
    assert sorted(sum(found, [])) == [*range(12)]


@pytest.mark.parametrize("stored", [False, True])
def test_an_altered_copy_is_another_picture(stored):
    images = IMAGES
    if stored:
        images = files_in_memory([encoded(x[..., 0]) for x in IMAGES])
    originals = faces(images)
    copies = Copies("train", 5, partial(random_affine, flip=1))
    filled = copies.make("train", originals.outline, 0)
    assert len(filled.labels) == 10
    assert repeated(filled, originals).tolist() == [True] * 6 + [False] * 4
