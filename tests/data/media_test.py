"""Files as people have them: turned, transparent, moving, damaged."""

import os

import numpy as np
import pytest
from PIL import Image

from ferkeras.data import media
from tests.photos import write_video
from tests.scenes import encoded, scene

pytestmark = pytest.mark.any_backend
# Quarters that tell every turn from the others.
COLOURS = ((255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 255))


def quarters(height=48, width=64):
    """A picture of four colours."""
    image = np.zeros((height, width, 3), np.uint8)
    y, x = height // 2, width // 2
    image[:y, :x], image[:y, x:], image[y:, :x], image[y:, x:] = COLOURS
    return image


# EXIF's code, and what a camera that writes it did to the upright picture.
TURNS = {
    1: lambda x: x,
    2: np.fliplr,
    3: lambda x: np.rot90(x, 2),
    4: np.flipud,
    5: lambda x: x.transpose(1, 0, 2),
    6: np.rot90,
    7: lambda x: np.rot90(x.transpose(1, 0, 2), 2),
    8: lambda x: np.rot90(x, 3),
}


@pytest.mark.parametrize("code", TURNS)
@pytest.mark.parametrize("alpha", [False, True])
def test_photos_are_upright(tmp_path, code, alpha):
    exif = Image.Exif()
    exif[0x0112] = code
    image = Image.fromarray(np.ascontiguousarray(TURNS[code](quarters())))
    path = tmp_path / ("a.png" if alpha else "a.jpg")
    image.convert("RGBA" if alpha else "RGB").save(path, exif=exif, quality=95)
    found = media.read_photo(path).astype(int)
    assert found.shape == (48, 64, 3)
    assert np.abs(found - quarters())[::7, ::7].mean() < 5


@pytest.mark.parametrize("suffix", [".png", ".webp", ".tiff"])
def test_what_is_transparent_is_white(tmp_path, suffix):
    pixels = np.zeros((8, 8, 4), np.uint8)
    pixels[:4, :, 3] = 255
    pixels[4:, 4:, 3] = 128
    Image.fromarray(pixels).save(tmp_path / f"a{suffix}", lossless=True)
    found = media.read_photo(tmp_path / f"a{suffix}")
    assert (found[:4] == 0).all() and (found[4:, :4] == 255).all()
    assert (abs(found[4:, 4:].astype(int) - 127) <= 1).all()


def test_a_transparent_colour_of_a_palette_is_white(tmp_path):
    image = Image.new("P", (8, 8), 1)
    image.putpalette([0, 200, 0, 90, 90, 90])
    image.paste(0, (0, 0, 8, 4))
    image.save(tmp_path / "a.png", transparency=0)
    found = media.read_photo(tmp_path / "a.png")
    assert (found[:4] == 255).all() and (found[4:] == 90).all()


@pytest.mark.parametrize("suffix", [".png", ".tiff"])
def test_sixteen_bits_become_eight(tmp_path, suffix):
    values = np.array([[0, 257, 32768, 65535]] * 8, np.uint16)
    (tmp_path / f"a{suffix}").write_bytes(encoded(values, suffix))
    found = media.read_photo(tmp_path / f"a{suffix}")
    assert (found == np.array([0, 1, 128, 255])[:, None]).all()


@pytest.mark.parametrize("kind", ["gif", "png", "webp"])
def test_animated_files_are_read_by_frame(tmp_path, kind):
    path = tmp_path / f"a.{kind}"
    images = [Image.new("RGB", (40, 30), colour) for colour in COLOURS]
    images[0].save(
        path,
        save_all=True,
        append_images=images[1:],
        duration=250,
        **({"lossless": True} if kind == "webp" else {}),
    )
    assert media.is_moving(path)
    found = list(media.pictures([path], 1))
    assert [x.number for x in found] == [0, 1, 2, 3]
    assert [x.seconds for x in found] == [0, 0.25, 0.5, 0.75]
    for picture, colour in zip(found, COLOURS, strict=True):
        assert (picture.read() == colour).all()
    assert [x.number for x in media.pictures([path], 3)] == [0, 3]
    assert media.extent(path, 3) == (2, 4 / 3)


def test_pages_of_16_bits_are_read_by_page(tmp_path):
    values = np.array([[0, 257, 32768, 65535]] * 8, np.uint16)
    pages = [Image.fromarray(values), Image.fromarray(values[:, ::-1].copy())]
    pages[0].save(tmp_path / "a.tif", save_all=True, append_images=pages[1:])
    first, second = media.pictures([tmp_path / "a.tif"], 1)
    expected = np.array([0, 1, 128, 255])[:, None]
    assert (first.read() == expected).all()
    assert (second.read() == expected[::-1]).all()


def test_the_second_picture_of_a_telephones_jpeg_is_left_out(tmp_path):
    path = tmp_path / "a.jpg"
    image = Image.fromarray(quarters())
    image.save(path, "MPO", save_all=True, append_images=[image.resize((9, 9))])
    (picture,) = media.pictures([path], 1)
    assert picture.read().shape == (48, 64, 3)


def test_an_image_needs_no_suffix_in_a_folder(tmp_path):
    Image.new("L", (50, 50)).save(tmp_path / "a", "PNG")
    (tmp_path / "b").write_text("notes")
    found, left_out = media.media_in(tmp_path)
    assert found == [tmp_path / "a"]
    assert left_out == {"other files, left out": 1}


def test_a_folder_is_looked_through_without_side_files(tmp_path):
    names = ["b.JPG", "in/a.heic", "in/c.webp", "z.Mp4"]
    beside = [".a.jpg", "@eaDir/a.jpg", "__MACOSX/in/._a.png"]
    others = ["Thumbs.db", "in/notes.txt"]
    for name in names + beside + others:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    found, left_out = media.media_in(tmp_path)
    assert [str(x.relative_to(tmp_path)) for x in found] == names
    assert left_out == {
        "side files of systems and programs, passed over": 4,
        "other files, left out": 1,
    }


@pytest.mark.parametrize("name", ["a.jpg", "a.mp4", "a"])
def test_a_pipe_is_never_opened(tmp_path, name):
    os.mkfifo(tmp_path / name)
    assert media.media_in(tmp_path)[0] == []
    (picture,) = media.pictures([tmp_path / name], 1)
    with pytest.raises(ValueError, match="pipe"):
        picture.read()


@pytest.mark.parametrize("name", ["a.jpg", "a.png", "a.gif", "a.mp4", "a"])
@pytest.mark.parametrize("content", [None, b"", b"<html>no</html>"])
def test_what_is_no_picture_has_an_error(tmp_path, name, content):
    if content is not None:
        (tmp_path / name).write_bytes(content)
    (picture,) = media.pictures([tmp_path / name], 1)
    assert picture.source == str(tmp_path / name)
    wrong = FileNotFoundError if content is None else ValueError
    with pytest.raises(wrong):
        picture.read()


@pytest.mark.filterwarnings("ignore::UserWarning:PIL")
@pytest.mark.parametrize("kind", ["jpg", "png", "gif", "webp", "tiff", "mp4"])
def test_damaged_files_have_an_error_or_a_picture(tmp_path, kind):
    path = tmp_path / f"a.{kind}"
    if kind == "mp4":
        write_video(path, 4)
    else:
        images = [Image.fromarray(scene((160, 120, x))) for x in (40, 60)]
        images = [image.convert("RGBA") for image in images]
        if kind == "jpg":
            images[0].convert("RGB").save(path)
        else:
            images[0].save(path, save_all=True, append_images=images[1:])
    whole = path.read_bytes()
    random = np.random.default_rng(0)
    read = 0
    for turn in range(40):
        damaged = bytearray(whole)
        # Many of the changes in the head, which says what follows.
        end = len(whole) if turn % 2 else 200
        for place in random.integers(0, end, 1 + turn % 8):
            damaged[place] = random.integers(256)
        if turn % 3 == 0:
            damaged = damaged[: random.integers(len(damaged))]
        path.write_bytes(damaged)
        for picture in media.pictures([path], 1):
            try:
                pixels = picture.read()
            except (OSError, ValueError):
                continue
            assert pixels.dtype == np.uint8 and pixels.shape[2:] == (3,)
            read += 1
    assert read
    path.write_bytes(whole)
    assert all(x.read().any() for x in media.pictures([path], 1) if x.number)


def test_a_telephones_heic_has_an_error_that_helps(tmp_path):
    (tmp_path / "a.HEIC").write_bytes(b"\0\0\0\x18ftypheic")
    (picture,) = media.pictures([tmp_path], 1)
    with pytest.raises(
        ValueError, match="HEIC photographs are not read: save the"
    ):
        picture.read()


def test_arrays_are_pictures():
    grey = scene((160, 120, 60))
    colour = quarters()
    first, second = media.pictures([grey, colour], 1)
    assert (first.source, second.source) == (0, 1)
    assert (first.read() == grey[..., None]).all()
    assert (second.read() == colour).all()
    for wrong in (grey / 255, quarters()[..., :2], quarters()[None]):
        with pytest.raises(ValueError, match="must be uint8.*Received"):
            list(media.pictures([wrong], 1))
