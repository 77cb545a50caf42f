"""Tests of reading fer2013.csv."""

import gzip
import io
import os
import pathlib
import tarfile

import numpy as np
import pytest

from tfds_builders.fer2013 import fake_files, reader
from tfds_builders.testing import told

PIXELS = " ".join(["7"] * 2304)


@pytest.fixture(autouse=True)
def small(request, monkeypatch):
    if "real" not in request.fixturenames:
        monkeypatch.setattr(reader, "ROWS", fake_files.ROWS)
        monkeypatch.setattr(reader, "PUBLISHED", fake_files.PUBLISHED)


@pytest.fixture(scope="module")
def real():
    folder = pathlib.Path(os.environ.get("FERKERAS_MANUAL_DIR", ""))
    if not (folder / reader.FILE).is_file():
        pytest.skip(
            f"set FERKERAS_MANUAL_DIR to the folder that holds {reader.FILE}"
        )
    return reader.read(None, folder)


def test_classes_with_another_count_than_published_are_told(tmp_path):
    lines = fake_files.lines()
    fake_files.write(tmp_path, lines)
    assert not told(reader.read, None, tmp_path)[1]
    # The first row, of Training.
    fake_files.write(tmp_path, [lines[0], f"6{lines[1][1:]}", *lines[2:]])
    _, (message,) = told(reader.read, None, tmp_path)
    assert message == (
        f"{tmp_path}: 3 images of train, where the published set has 3; 0 "
        "angry and not 1; 1 neutral and not 0"
    )


def test_rows_keep_file_order_within_their_split(tmp_path):
    fake_files.write(tmp_path)
    splits = reader.read(None, tmp_path)
    rows = {name: list(split["row"]) for name, split in splits.items()}
    assert rows == {"train": [0, 2, 4], "validation": [1, 6], "test": [3, 5]}
    # The fake file's row number is its class code.
    for split in splits.values():
        np.testing.assert_array_equal(split["label"], split["row"])


@pytest.mark.filterwarnings("ignore:.* images of train, where")
def test_pixels_run_along_rows_first(tmp_path):
    lines = fake_files.lines()
    lines[1] = f"3,{' '.join(str(i % 251) for i in range(2304))},Training"
    fake_files.write(tmp_path, lines)
    image = reader.read(None, tmp_path)["train"]["image"][0]
    assert image.shape == (48, 48, 1)
    assert image[0, 47, 0] == 47
    assert image[1, 0, 0] == 48
    assert image[47, 47, 0] == 2303 % 251


def test_types_are_as_promised(tmp_path):
    fake_files.write(tmp_path)
    for split in reader.read(None, tmp_path).values():
        types = {name: array.dtype.name for name, array in split.items()}
        assert types == {"image": "uint8", "label": "int64", "row": "int64"}


def test_windows_line_ends_are_read(tmp_path):
    text = "\r\n".join(fake_files.lines()) + "\r\n"
    (tmp_path / reader.FILE).write_bytes(text.encode())
    assert len(reader.read(None, tmp_path)["train"]["row"]) == 3


@pytest.mark.parametrize(
    "row, expected, received",
    [
        (f"0,{PIXELS}", "3 columns", "2 columns"),
        ("0,1 2,3,Training", "3 columns", "4 columns"),
        (f"7,{PIXELS},Training", "emotion from 0 to 6", "'7'"),
        (f"-1,{PIXELS},Training", "emotion from 0 to 6", "'-1'"),
        (f"0,{PIXELS},Train", "Usage among Training", "'Train'"),
        (f"0,{PIXELS[2:]},Training", "2304 integers", "2303 values"),
        (f"0,{PIXELS} 7,Training", "2304 integers", "2305 values"),
        ("0,,Training", "2304 integers", "0 values"),
        (f"0,256{PIXELS[1:]},Training", "0 to 255", "['256']"),
        (f"0,-1{PIXELS[1:]},Training", "0 to 255", "['-1']"),
        (f"0,{PIXELS[:-1]}7x,Training", "0 to 255", "['7x']"),
        (f"0,1.5{PIXELS[1:]},Training", "0 to 255", "['1.5']"),
        (f"0,{'7' * 4700},Training", "2304 integers", "1 values"),
        (f"0,{'9' * 25}{PIXELS[1:]},Training", "0 to 255", "['999999999']"),
    ],
)
def test_malformed_row_is_named(tmp_path, row, expected, received):
    lines = fake_files.lines()
    lines[3] = row
    fake_files.write(tmp_path, lines)
    with pytest.raises(ValueError) as error:
        reader.read(None, tmp_path)
    place, reason = str(error.value).split(": ", 1)
    assert place == f"{tmp_path / reader.FILE}, line 4"
    assert expected in reason
    assert "Download fer2013.tar.gz" in reason
    assert received in reason.rpartition("Received: ")[2]


@pytest.mark.parametrize(
    "header, lacking",
    [("emotion,pixels", "Usage"), ("", "emotion, pixels, Usage"), ("7", "")],
)
def test_a_lacking_column_is_named(tmp_path, header, lacking):
    fake_files.write(tmp_path, [header, *fake_files.lines()[1:]])
    message = rf"fer2013.csv, line 1: .*Received: no .*{lacking} in '{header}"
    with pytest.raises(ValueError, match=message):
        reader.read(None, tmp_path)


def rearranged(lines):
    """As `icml_face_data.csv` has it."""
    cells = [line.split(",") for line in lines]
    return [f"{a}, {c}, {b}" for a, b, c in cells]


def indexed(lines):
    """As pandas writes it."""
    return [f"{'' if row == 0 else row - 1},{x}" for row, x in enumerate(lines)]


def quoted(lines):
    """As some programs write text."""
    return [",".join(f'"{cell}"' for cell in line.split(",")) for line in lines]


def of_excel(lines):
    """As Excel writes it where a comma is a decimal point."""
    return [line.replace(",", ";") for line in lines]


@pytest.mark.parametrize("change", [rearranged, indexed, quoted, of_excel])
@pytest.mark.parametrize(
    "name", [reader.FILE, "FER2013 (1).csv", "a b/icml_face_data.csv"]
)
@pytest.mark.parametrize(
    "code",
    [
        lambda text: text.encode("utf-8-sig"),
        lambda text: text.replace("\n", "\r\n").encode() + b"\r\n \r\n",
    ],
)
def test_copies_say_the_same(tmp_path, change, name, code):
    fake_files.write(tmp_path)
    expected = reader.read(None, tmp_path)
    (tmp_path / reader.FILE).unlink()
    path = tmp_path / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(code("\n".join(change(fake_files.lines()))))
    for split, columns in reader.read(None, tmp_path).items():
        for name, column in columns.items():
            np.testing.assert_array_equal(column, expected[split][name])


def test_the_published_name_is_taken_before_others(tmp_path):
    fake_files.write(tmp_path)
    (tmp_path / "icml_face_data.csv").write_text("no rows")
    assert len(reader.read(None, tmp_path)["train"]["row"]) == 3


def tar(content):
    with io.BytesIO() as file:
        with tarfile.open(fileobj=file, mode="w") as archive:
            info = tarfile.TarInfo("fer2013/fer2013.csv")
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
        return file.getvalue()


@pytest.mark.parametrize(
    "content, kind",
    [
        (tar(b"emotion"), "a tar archive"),
        (gzip.compress(b"emotion", mtime=0), "a gzip archive"),
        (b"PK\3\4", "a zip archive"),
        (b"\n<!DOCTYPE html>", "a web page"),
        (bytes(9999), "zeros throughout"),
    ],
)
def test_a_file_of_another_kind_is_told_for_what_it_is(tmp_path, content, kind):
    (tmp_path / reader.FILE).write_bytes(content)
    with pytest.raises(ValueError, match=f"fer2013.csv: .*it is {kind}, wh"):
        reader.read(None, tmp_path)


@pytest.mark.parametrize("content", [b"\xff" * 999_999, b'emotion,"' * 99_999])
def test_what_is_no_text_is_refused_in_a_line(tmp_path, content):
    (tmp_path / reader.FILE).write_bytes(content)
    with pytest.raises(ValueError, match="fer2013.csv, line 1: ") as error:
        reader.read(None, tmp_path)
    assert len(str(error.value)) < 600 and str(error.value).isprintable()


def test_an_archive_in_place_of_the_file_is_named(tmp_path):
    (tmp_path / "fer2013.tar.gz").write_bytes(b"")
    with pytest.raises(FileNotFoundError, match="Unpack fer2013.tar.gz first"):
        reader.read(None, tmp_path)


@pytest.mark.parametrize("rows", [6, 8])
def test_wrong_number_of_rows_is_named(tmp_path, rows):
    lines = fake_files.lines()
    fake_files.write(tmp_path, (lines + lines[1:])[: rows + 1])
    message = f"line {rows + 1}: .* expected 7 rows.* Received: {rows} rows$"
    with pytest.raises(ValueError, match=message):
        reader.read(None, tmp_path)


def test_empty_file_is_refused(tmp_path):
    (tmp_path / reader.FILE).write_text("")
    with pytest.raises(ValueError, match="line 1: .*Received: no .* in ''$"):
        reader.read(None, tmp_path)


@pytest.mark.parametrize(
    "name, received",
    [
        ("train/angry/1.jpg", "folders of pictures, which do not tell Pub"),
        ("fer2013.csv.txt", "only fer2013.csv.txt"),
        ("a/train.csv", "only train.csv"),
    ],
)
def test_what_is_there_instead_is_told(tmp_path, name, received):
    (tmp_path / name).parent.mkdir(exist_ok=True, parents=True)
    (tmp_path / name).touch()
    with pytest.raises(FileNotFoundError, match=f"Received: {received}"):
        reader.read(None, tmp_path)


def test_copies_that_differ_are_not_chosen_from(tmp_path):
    for name in "ab":
        (tmp_path / name).mkdir()
        fake_files.write(tmp_path / name)
    reader.read(None, tmp_path)
    lines = fake_files.lines()
    fake_files.write(tmp_path / "b", [lines[0], f"6{lines[1][1:]}", *lines[2:]])
    with pytest.raises(ValueError, match="a/fer2013.csv and .*b/.* differ"):
        reader.read(None, tmp_path)


def test_missing_file_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match="fer2013.csv: .*Download"):
        reader.read(None, tmp_path)


def test_config_is_refused(tmp_path):
    with pytest.raises(ValueError, match="no configs. Received: config='x'"):
        reader.read("x", tmp_path)


def test_published_file_has_the_published_class_counts(real):
    published = reader.PUBLISHED
    found = {
        name: np.bincount(real[name]["label"], minlength=7)
        for name in published
    }
    # Tolerance: FER2013 has the same picture with two labels in two splits, so
    # a copy rebuilt from its pictures may exchange a few labels.
    for name, counts in published.items():
        np.testing.assert_allclose(found[name], counts, rtol=0, atol=8)
        assert found[name].sum() == sum(counts)
    assert sum(map(sum, published.values())) == reader.ROWS
    totals = np.sum(list(published.values()), axis=0)
    np.testing.assert_array_equal(sum(found.values()), totals)
