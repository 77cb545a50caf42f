"""Tests of reading fer2013.csv."""

import os
import pathlib

import numpy as np
import pytest

from tfds_builders.fer2013 import fake_files, reader

PIXELS = " ".join(["7"] * 2304)


@pytest.fixture(autouse=True)
def small(request, monkeypatch):
    if "real" not in request.fixturenames:
        monkeypatch.setattr(reader, "ROWS", fake_files.ROWS)


@pytest.fixture(scope="module")
def real():
    folder = pathlib.Path(os.environ.get("FERKERAS_MANUAL_DIR", ""))
    if not (folder / reader.FILE).is_file():
        pytest.skip(
            f"set FERKERAS_MANUAL_DIR to the folder that holds {reader.FILE}"
        )
    return reader.read(None, folder)


def test_rows_keep_file_order_within_their_split(tmp_path):
    fake_files.write(tmp_path)
    splits = reader.read(None, tmp_path)
    rows = {name: list(split["row"]) for name, split in splits.items()}
    assert rows == {"train": [0, 2, 4], "validation": [1, 6], "test": [3, 5]}
    # The fake file's row number is its class code.
    for split in splits.values():
        np.testing.assert_array_equal(split["label"], split["row"])


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
        ("", "3 columns", "1 columns"),
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


@pytest.mark.parametrize("header", ["emotion, Usage, pixels", "\x1f\x8b\x08"])
def test_wrong_header_is_named(tmp_path, header):
    fake_files.write(tmp_path, [header, *fake_files.lines()[1:]])
    with pytest.raises(ValueError, match=r"fer2013.csv, line 1: .*Received: "):
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
    with pytest.raises(ValueError, match="line 1: .*Received: ''$"):
        reader.read(None, tmp_path)


def test_missing_file_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match="fer2013.csv: .*Download"):
        reader.read(None, tmp_path)


def test_config_is_refused(tmp_path):
    with pytest.raises(ValueError, match="no configs. Received: config='x'"):
        reader.read("x", tmp_path)


def test_published_file_has_the_published_class_counts(real):
    published = {
        "train": [3995, 436, 4097, 7215, 4830, 3171, 4965],
        "validation": [467, 56, 496, 895, 653, 415, 607],
        "test": [491, 55, 528, 879, 594, 416, 626],
    }
    found = {
        name: np.bincount(real[name]["label"], minlength=7)
        for name in published
    }
    # Tolerance: FER2013 has the same picture with two labels in two splits, so
    # a copy rebuilt from its pictures may exchange a few labels.
    for name, counts in published.items():
        np.testing.assert_allclose(found[name], counts, rtol=0, atol=8)
        assert found[name].sum() == sum(counts)
    totals = np.sum(list(published.values()), axis=0)
    np.testing.assert_array_equal(sum(found.values()), totals)
