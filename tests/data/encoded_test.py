"""Image files in memory, on disk, and cut by boxes."""

import hashlib

import cv2
import numpy as np
import pytest

from ferkeras.data import Faces, files_in_memory
from ferkeras.data.decode import decode, resize
from ferkeras.data.encoded import DECODER, EncodedImages, OnDisk
from tests.scenes import encoded

RNG = np.random.default_rng(0)
# Blue, green, red, of five sizes; smooth, as photographs are.
IMAGES = [
    cv2.GaussianBlur(RNG.integers(0, 256, (h, w, 3), np.uint8), (0, 0), 2)
    for h, w in ((20, 30), (31, 24), (40, 40), (25, 50), (64, 33))
]
FILES = [encoded(image) for image in IMAGES]
BOXES = [(2, 3, 16, 15), None, (0, 0, 40, 40), (20, 5, 30, 20), (1, 1, 9, 60)]


class Read:
    """Gives the files, and counts how often."""

    def __init__(self, files=FILES, boxes=BOXES):
        self.files, self.boxes, self.times = files, boxes, 0

    def __call__(self):
        self.times += 1
        return zip(self.files, self.boxes, strict=True)


def in_memory():
    return EncodedImages(Read(), 5)


def seen(image, box):
    """What a box `(left, top, width, height)` shows of an image."""
    if box is None:
        return image
    left, top, width, height = box
    return image[top : top + height, left : left + width]


def test_digests_are_those_of_the_files():
    digests = in_memory().digests
    assert (digests.shape, digests.dtype) == ((5, 32), np.uint8)
    for digest, file in zip(digests, FILES, strict=True):
        assert digest.tobytes() == hashlib.sha256(file).digest()


def test_what_lies_outside_the_boxes_is_not_seen():
    images = list(in_memory().decoded(colour=True))
    for image, whole, box in zip(images, IMAGES, BOXES, strict=True):
        # Red first.
        assert (image == seen(whole, box)[..., ::-1]).all()


@pytest.mark.parametrize("colours", [1, 3])
def test_each_image_is_resized_by_itself(colours):
    pixels = in_memory().resized(16, colours)
    assert pixels.shape == (5, 16, 16, colours)
    assert pixels.dtype == np.uint8
    for image, file, box in zip(pixels, FILES, BOXES, strict=True):
        expected = resize(seen(decode(file, colours == 3), box), 16)
        assert (image == expected.reshape(image.shape)).all()


@pytest.mark.parametrize("colours", [1, 3])
def test_on_disk_and_in_memory_are_the_same(colours, tmp_path):
    on_disk = EncodedImages(Read(), 5, tmp_path / "pixels")
    pixels = on_disk.resized(16, colours)
    assert isinstance(pixels, OnDisk)
    expected = in_memory().resized(16, colours)
    assert (pixels[:] == expected).all()
    assert (on_disk.digests == in_memory().digests).all()
    outline = Faces(on_disk, np.arange(5), np.arange(5))
    assert (
        outline.fingerprint == outline._replace(images=in_memory()).fingerprint
    )


def test_what_is_on_disk_is_not_made_again(tmp_path):
    read = Read()
    images = EncodedImages(read, 5, tmp_path)
    first = images.resized(16, 3)
    assert read.times == 1
    again = EncodedImages(read, 5, tmp_path)
    assert (again.resized(16, 3)[:] == first[:]).all()
    assert read.times == 1
    # Other sizes and colours lie in files of their own.
    again.resized(12, 3), again.resized(16, 1), again.digests
    assert read.times == 4
    names = sorted(path.name for path in tmp_path.iterdir())
    sizes = "12x12x3", "16x16x1", "16x16x3"
    expected = [f"{size}-{DECODER}.npy" for size in sizes]
    assert names == [*expected, "sha256.npy"]


def test_a_file_on_disk_is_written_whole_or_not_at_all(tmp_path):
    broken = Read([*FILES[:3], FILES[3][:40], FILES[4]])
    images = EncodedImages(broken, 5, tmp_path)
    with pytest.raises(ValueError, match="image 3: .*cut short"):
        images.resized(16, 3)
    assert not list(tmp_path.iterdir())
    # Once the file is mended, the same call goes on.
    whole = EncodedImages(Read(), 5, tmp_path).resized(16, 3)
    assert (whole[:] == in_memory().resized(16, 3)).all()


def test_some_of_the_images_stay_on_disk_in_their_order(tmp_path):
    pixels = EncodedImages(Read(), 5, tmp_path).resized(16, 3)
    faces = Faces(pixels, np.arange(5), np.arange(5), None, np.arange(5))
    assert pixels.nbytes == pixels[:].nbytes
    assert (pixels[3] == pixels[:][3]).all()
    some = faces.take(np.array([4, 1, 2])).take(np.array([0, 2]))
    assert isinstance(some.images, OnDisk)
    assert some.images.shape == (2, 16, 16, 3) and len(some.images) == 2
    assert (some.images[:] == pixels[:][[4, 2]]).all()
    assert (some.images[np.array([1, 0])] == pixels[:][[2, 4]]).all()
    assert some.sizes.tolist() == some.rows.tolist() == [4, 2]


def test_only_one_image_at_a_time_is_decoded():
    files, open_at_once = Read(), []

    def read():
        for index, pair in enumerate(files()):
            open_at_once.append(index)
            yield pair

    decoded = EncodedImages(read, 5).decoded()
    next(decoded), next(decoded)
    assert open_at_once == [0, 1]


def test_files_in_memory_are_read_as_often_as_asked():
    images = files_in_memory(FILES)
    assert len(images) == 5
    assert [*images] == [*images] == FILES
    assert (images.resized(8, 1) == images.resized(8, 1)).all()
