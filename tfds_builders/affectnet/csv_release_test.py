"""Tests of the release of AffectNet with lists and face boxes."""

import shutil
import tracemalloc

import pytest

from tfds_builders.affectnet import csv_release, fake_files, reader
from tfds_builders.testing import told

IMAGES = "Manually_Annotated_Images"


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setattr(reader, "PUBLISHED", fake_files.PUBLISHED)
    fake_files.write_lists(tmp_path)
    return tmp_path


def read(folder, config="8"):
    """What was read, and the warnings but those of no expression."""
    splits, messages = told(reader.read, config, folder)
    return splits, [x for x in messages if "have no expression" not in x]


def listing(columns):
    """What was read, in the form of `fake_files.taken`."""
    return [
        (
            row,
            "/".join(path.parts[-2:]),
            reader.CLASS_NAMES["8"][label],
            tuple(box.tolist()),
        )
        for path, label, box, row in zip(*columns.values(), strict=True)
    ]


def change(folder, old, new, name="training.csv"):
    """Replace a text that is once in a list."""
    text = (folder / name).read_text()
    assert text.count(old) == 1
    (folder / name).write_text(text.replace(old, new))


@pytest.mark.parametrize("config", reader.CONFIGS)
def test_lists_say_what_the_images_are(folder, config):
    splits, messages = read(folder, config)
    assert not messages
    assert {split: listing(x) for split, x in splits.items()} == {
        split: fake_files.taken(rows, int(config))
        for split, rows in fake_files.LISTS.items()
    }


def test_rows_without_expression_are_counted_in_a_warning(folder):
    _, (train, validation) = told(reader.read, "7", folder)
    assert train.endswith(
        "train: 3 rows are left out, as they have no expression: "
        "1 none, 1 uncertain, 1 no face"
    )
    assert validation.endswith(
        "1 rows are left out, as they have no expression: 1 uncertain"
    )


@pytest.mark.parametrize("header", [True, False])
@pytest.mark.parametrize("split", ["training.csv", "validation.csv"])
def test_line_of_column_names_may_be_there_or_not(folder, split, header):
    path = folder / split
    lines = [x for x in path.read_text().splitlines() if x[0].isdigit()]
    names = [",".join(csv_release.COLUMNS)] if header else []
    path.write_text("\n".join(names + lines))
    splits, _ = read(folder)
    assert listing(splits["train"]) == fake_files.taken(
        fake_files.LISTS["train"], 8
    )
    assert splits["validation"]["row"].tolist() == [0, 1, 3]


def test_named_columns_may_be_in_another_order(folder):
    path = folder / "training.csv"
    lines = [line.split(",") for line in path.read_text().splitlines()]
    lines = [",".join([x[0], *x[:0:-1], "more"]) for x in lines]
    path.write_text("\n".join(lines))
    splits, _ = read(folder)
    assert listing(splits["train"]) == fake_files.taken(
        fake_files.LISTS["train"], 8
    )


def test_names_of_columns_may_be_spelled_otherwise_and_lines_be_blank(folder):
    path = folder / "training.csv"
    first, *lines = path.read_text().splitlines()
    first = first.lower().replace(",", ", ")
    path.write_text("\n".join([f"index,{first}", *map("0,{}".format, lines)]))
    with path.open("a") as file:
        file.write("\n  \n")
    splits, _ = read(folder)
    assert listing(splits["train"]) == fake_files.taken(
        fake_files.LISTS["train"], 8
    )


@pytest.mark.parametrize(
    "edit",
    [
        lambda text: text.replace(b"\n", b"\r\n"),
        lambda text: text.replace(b"\n", b"\n\n"),
        lambda text: b"\xef\xbb\xbf" + text,
        lambda text: text.rstrip(),
    ],
)
def test_line_ends_do_not_matter(folder, edit):
    for name in csv_release.LISTS.values():
        path = folder / name
        path.write_bytes(edit(path.read_bytes()))
    splits, messages = read(folder)
    assert not messages
    assert splits["validation"]["row"].tolist() == [0, 1, 3]


def test_published_folders_may_be_there(folder):
    (folder / "Manually_Annotated_file_lists").mkdir()
    (folder / "Manually_Annotated").mkdir()
    for name in csv_release.LISTS.values():
        (folder / name).rename(folder / "Manually_Annotated_file_lists" / name)
    (folder / IMAGES).rename(folder / "Manually_Annotated" / IMAGES)
    splits, messages = read(folder)
    assert not messages
    assert splits["validation"]["row"].tolist() == [0, 1, 3]


def test_missing_column_is_named(folder):
    change(folder, "expression", "emotion")
    with pytest.raises(ValueError, match=r"Received: none of \['expression'\]"):
        read(folder)


@pytest.mark.parametrize("name", ["training.csv", "validation.csv"])
def test_missing_cell_is_named_with_its_line(folder, name):
    path = folder / name
    path.write_text(path.read_text().rpartition(",")[0])
    line = {"training.csv": 13, "validation.csv": 4}[name]
    message = f"{name}: expected 9 cells.* Received: 8 in line {line}$"
    with pytest.raises(ValueError, match=message):
        read(folder)


@pytest.mark.parametrize("code", ["11", "-1", "-2", "", "3.0", "sad", "٣"])
def test_expression_out_of_range_is_named(folder, code):
    change(folder, ",2,-0.1", f",{code},-0.1")
    message = f"expressions 0 to 10.* Received: 12/3d.png {code!r}$"
    with pytest.raises(ValueError, match=message):
        read(folder)


def test_missing_image_is_left_out_and_named(folder):
    (folder / IMAGES / "12/3d.png").unlink()
    (folder / IMAGES / "3/5f.jpg").unlink()
    splits, (lost, difference) = read(folder)
    assert splits["train"]["row"].tolist() == [0, 1, 4, 6, 7, 8, 9, 11]
    # The other image had no expression.
    assert lost.endswith("train: 1 images are missing and left out: 12/3d.png")
    assert difference.endswith(
        "8 images of train, where the published set has 9; 0 sad and not 1"
    )


@pytest.mark.parametrize("suffix", [".PNG", ".jpg", ".jpeg"])
def test_image_of_another_extension_is_found(folder, suffix):
    path = folder / IMAGES / "12/3d.png"
    path.rename(path.with_suffix(suffix))
    splits, messages = read(folder)
    assert not messages
    assert splits["train"]["image"][2] == path.with_suffix(suffix)


def test_images_of_two_other_extensions_are_not_chosen_from(folder):
    path = folder / IMAGES / "12/3d.png"
    shutil.copy(path, path.with_suffix(".PNG"))
    path.rename(path.with_suffix(".jpg"))
    _, (lost, _) = read(folder)
    assert lost.endswith("1 images are missing and left out: 12/3d.png")


def test_image_of_a_longer_name_is_not_taken(folder):
    path = folder / IMAGES / "12/3d.png"
    path.rename(path.with_name("3d1.png"))
    _, (lost, _) = read(folder)
    assert lost.endswith("1 images are missing and left out: 12/3d.png")


@pytest.mark.parametrize(
    "edit, fault",
    [
        (lambda content: b"", "empty"),
        (lambda content: content[:-1], "cut short or damaged"),
        (lambda content: b"<html>", "no image but a web page"),
    ],
)
def test_broken_image_is_left_out_and_named(folder, edit, fault):
    path = folder / IMAGES / "689/d7.jpg"
    path.write_bytes(edit(path.read_bytes()))
    splits, (lost, difference) = read(folder)
    assert splits["validation"]["row"].tolist() == [0, 3]
    assert lost.endswith(
        f"validation: 1 images are {fault} and left out: 689/d7.jpg"
    )
    assert difference.endswith("0 anger and not 1")


@pytest.mark.parametrize(
    "box, clipped",
    [
        # Images are 64 pixels wide and 56 high.
        ("-3,4,40,40", (0, 4, 37, 40)),
        ("3,-4,40,40", (3, 0, 40, 36)),
        ("30,4,40,40", (30, 4, 34, 40)),
        ("3,30,40,40", (3, 30, 40, 26)),
        ("-5,-6,400,500", (0, 0, 64, 56)),
        ("63,55,2,2", (63, 55, 1, 1)),
    ],
)
def test_box_that_reaches_beyond_the_image_is_clipped(folder, box, clipped):
    change(folder, "3,4,40,40", box)
    splits, (warning,) = read(folder)
    assert splits["train"]["box"][4].tolist() == list(clipped)
    assert warning.endswith(
        "train: 1 face boxes reach beyond their images and are clipped: "
        "3/60.jpeg"
    )


@pytest.mark.parametrize(
    "box",
    [
        "64,4,40,40",
        "3,56,40,40",
        "-40,4,40,40",
        "3,-40,40,40",
        "3,4,0,40",
        "3,4,40,0",
        "3,4,-40,40",
        "43,44,-40,-40",
        "NULL,NULL,NULL,NULL",
        ",,,",
        "3.5,4,40,40",
    ],
)
def test_image_with_nothing_of_the_box_is_left_out_and_named(folder, box):
    change(folder, "3,4,40,40", box)
    splits, (lost, _) = read(folder)
    assert splits["train"]["row"].tolist() == [0, 1, 3, 4, 7, 8, 9, 11]
    assert lost.endswith(
        "1 images are without a face box in them and left out: 3/60.jpeg"
    )


@pytest.mark.parametrize("box", ["0,0,64,56", "63,55,1,1"])
# The second is how Pandas writes numbers beside NULL.
@pytest.mark.parametrize("end", ["", ".0"])
def test_box_up_to_the_last_pixel_is_whole(folder, box, end):
    change(folder, "3,4,40,40", box.replace(",", f"{end},") + end)
    splits, messages = read(folder)
    assert not messages
    assert ",".join(map(str, splits["train"]["box"][4])) == box


def test_all_lost_images_are_an_error(folder):
    shutil.rmtree(folder / IMAGES)
    (folder / IMAGES).mkdir()
    with pytest.raises(FileNotFoundError, match="none of 9 labelled ones"):
        read(folder)


@pytest.mark.parametrize(
    "name", ["training.csv", "validation.csv", "Manually_Annotated_Images"]
)
def test_missing_part_is_named(folder, name):
    (folder / name).rename(folder / "elsewhere")
    message = f"expected {name} or .*{name} here. Ask for.*Received: neither"
    with pytest.raises(FileNotFoundError, match=message):
        read(folder)


def test_images_are_not_held_in_memory(folder):
    comment = b"\xff\xfe\xff\xff" + bytes(65533)
    for path in (folder / IMAGES).rglob("*.[jJ]*"):
        content = path.read_bytes()
        path.write_bytes(content[:2] + comment * 32 + content[2:])
        assert path.stat().st_size > 2**21
    tracemalloc.start()
    splits, _ = read(folder)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(splits["train"]["image"]) == 9
    # Of each file, what was read and decoded is dropped before the next.
    assert peak < 2**23
