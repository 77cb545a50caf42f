"""Whatever the bytes, an image file gives pixels or one kind of error."""

import resource
import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ferkeras import image_file
from ferkeras.data.decode import decode
from ferkeras.image_file import ImageFileError
from reproductions.commands.own_images import read_own
from tests import files
from tests.files import COLOURS, FORMATS, GREY, saved

pytestmark = pytest.mark.any_backend
# Whole files of every format, and what is found in their place.
SEEDS = [
    *(saved(COLOURS, suffix) for suffix in FORMATS),
    *(saved(GREY.astype(np.uint16) * 257, x) for x in (".png", ".tif", ".jp2")),
    *(files.turned(6, suffix) for suffix in (".jpg", ".png", ".tif", ".webp")),
    *(files.HEIC, files.VIDEO, files.PAGE, files.APPLE_DOUBLE),
    b"P5 60 40 4095\n" + GREY.astype(">u2").tobytes(),
]
# The limit in force, scaled down so that an image of that size is fast; and
# what a file may take beside, in KiB.
PIXELS = 2**22
MEMORY = 200 * 2**10
EXTREMES = [
    b"\0",
    b"\xff",
    b"\xff\xff\xff\xff",
    b"\x7f\xff\xff\xff",
    b"\0\0\x80\0",
]


@st.composite
def damaged(draw):
    """A file with bytes changed, lost and put in, perhaps cut short."""
    file = bytearray(draw(st.sampled_from(SEEDS)))
    for _ in range(draw(st.integers(0, 6))):
        # Headers are where it matters most.
        near = draw(st.booleans())
        at = draw(st.integers(0, min(len(file), 64 if near else len(file))))
        put = draw(st.sampled_from(EXTREMES) | st.binary(max_size=8))
        end = at + draw(st.sampled_from([0, len(put), 24]))
        file[at:end] = put
    return bytes(file[: draw(st.none() | st.integers(0, len(file)))])


def pixels_or_none(file, colour):
    try:
        return decode(file, colour)
    except ImageFileError as error:
        assert str(error).isprintable() and len(str(error)) < 400
        return None


@settings(max_examples=1500, deadline=2000)
@given(damaged() | st.binary(max_size=64), st.booleans())
@example(files.png(60_000, 60_000), False)
@example(saved(COLOURS, ".webp")[:30], True)
def test_bytes_give_pixels_or_one_kind_of_error(file, colour):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(image_file, "MAX_PIXELS", PIXELS)
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        image = pixels_or_none(file, colour)
        after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert after - before < MEMORY
    if image is not None:
        assert image.dtype == np.uint8 and 0 < image.size <= 3 * PIXELS
        assert image.ndim == 2 + colour


NAMES = st.sampled_from(
    [
        *("0.jpg", "A.WEBP", "b.png", "c.tif", "d", "e.heic", "f.mov", "g.zip"),
        *("._h.jpg", "Thumbs.db", "i.jpg~", "j.CR2", "é.gif", "e\u0301.gif"),
        *("k l/m.bmp", "@eaDir/n.jpg", "__MACOSX/o.jpg", "p.jpg/q.jpg"),
    ]
)
PLACES = st.sampled_from(
    [
        *("train/happy", "train/sad", "test/happy", "test/sad", "val/sad"),
        *("train", "", "test/Happy", "valid/sad", "other", "train/ sad"),
    ]
)
TREES = st.dictionaries(
    st.tuples(PLACES, NAMES), st.sampled_from(SEEDS) | damaged(), max_size=9
)
WHOLE = {
    (f"{split}/{name}", "whole.png"): saved(GREY, ".png")
    for split in ("train", "test")
    for name in ("happy", "sad")
}


@pytest.mark.filterwarnings("ignore")
@settings(max_examples=300, deadline=5000)
@given(TREES, st.booleans())
def test_folders_give_a_source_or_one_line(tree, complete):
    with tempfile.TemporaryDirectory() as folder:
        for (place, name), content in (
            tree | (WHOLE if complete else {})
        ).items():
            path = Path(folder, place, name)
            try:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(content)
            except OSError:
                # A file is where a folder should be.
                continue
        try:
            source = read_own("own/any", folder)
        except (ValueError, FileNotFoundError) as error:
            assert folder in str(error) and str(error).isprintable()
            return
        assert len(source.class_names) >= 2
        for split in source.splits:
            faces = source.faces(split)
            pixels = faces.resized(8).images
            assert pixels.shape == (len(faces.labels), 8, 8, 1)
