"""`ferkeras predict`: what it prints, writes and leaves with."""

import csv
import io
import json
import os
import re
import subprocess
import sys

import cv2
import numpy as np
import pytest
from PIL import Image
from rich.console import Console
from rich.text import Text

from ferkeras.trained.predict import Predictor
from reproductions import __main__
from reproductions.commands.predict import Seen, show
from tests import photos
from tests.photos import brightness, write_video

HOPPER = str(photos.path_of("grace_hopper.jpg"))


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    """Path of a model."""
    path = tmp_path_factory.mktemp("model") / "brightness.keras"
    brightness().save(path)
    return str(path)


@pytest.fixture
def predict(model, capfd):
    """Function that runs the command: exit code, lines and standard error."""

    def run(*words):
        code = 0
        try:
            __main__.main(["predict", "--model", model, *map(str, words)])
        except SystemExit as left:
            code = left.code
        said = capfd.readouterr()
        return code, said.out.splitlines(), said.err

    return run


def test_a_line_a_face_and_nothing_else(predict):
    code, (line,), err = predict(HOPPER)
    assert code == 0
    assert line.startswith(f"{HOPPER[:60]}")
    assert " px" in line and " %" in line and ("dark" in line)
    assert err == "1 picture, 1 face\n"


def test_what_cannot_be_read_is_named_and_the_rest_goes_on(predict, tmp_path):
    (tmp_path / "a.png").write_bytes(b"\x89PNG\r\n\x1a\n damaged")
    (tmp_path / "b.mp4").write_bytes(b"no video")
    (tmp_path / "notes.txt").touch()
    Image.new("L", (50, 50)).save(tmp_path / "c.png")
    code, lines, err = predict(tmp_path, "gone.jpg", HOPPER)
    assert code == 1
    assert [line.split("  ")[0] for line in lines][:4] == [
        str(tmp_path / "a.png"),
        str(tmp_path / "b.mp4"),
        str(tmp_path / "c.png"),
        "gone.jpg",
    ]
    assert "not read" in lines[0] and "not read" in lines[1]
    assert lines[2].endswith("  no face")
    assert lines[3].endswith("  not read: No such file or directory")
    assert len(lines) == 5
    assert err.splitlines() == [
        "2 pictures, 1 face, 1 without a face, 3 not read, 1 other files, left "
        "out",
        f"not read: {tmp_path / 'a.png'}, {tmp_path / 'b.mp4'}, gone.jpg",
    ]


def test_tables_and_lists_have_every_row(predict, tmp_path):
    write_video(tmp_path / "a.mp4", count=3)
    code, lines, _ = predict(
        tmp_path / "a.mp4",
        HOPPER,
        "gone.jpg",
        "--csv",
        tmp_path / "new" / "o.csv",
        "--json",
        tmp_path / "o.json",
    )
    assert code == 1 and len(lines) == 5
    with open(tmp_path / "new" / "o.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    listed = json.loads((tmp_path / "o.json").read_text())
    assert len(rows) == len(listed) == 5
    assert [row["seconds"] for row in rows] == ["0.0", "0.2", "0.4", "", ""]
    assert [row["label"] for row in rows] == [
        "",
        "",
        "",
        listed[3]["label"],
        "",
    ]
    face = rows[3]
    box = [int(face[side]) for side in ("left", "top", "width", "height")]
    assert box == listed[3]["box"]
    assert photos.near(box, photos.BOXES["grace_hopper.jpg"])
    assert float(face["dark"]) + float(face["bright"]) == pytest.approx(1)
    assert listed[3]["probabilities"]["dark"] == float(face["dark"])
    assert rows[4]["error"] == "No such file or directory"


def test_cropped_pictures_and_every_nth_frame(predict, tmp_path):
    write_video(tmp_path / "a.mp4")
    code, lines, err = predict(tmp_path / "a.mp4", "--cropped", "--every", 4)
    assert code == 0 and err == "3 pictures, 3 faces\n"
    assert [line.split()[1:4] for line in lines] == [
        ["0.00", "s", "dark"],
        ["0.80", "s", "dark"],
        ["1.60", "s", "bright"],
    ]


def test_annotated_pictures_are_not_looked_at_again(predict, tmp_path):
    image = photos.photo("grace_hopper.jpg")
    cv2.imwrite(str(tmp_path / "a.png"), image[..., ::-1])
    for _ in range(2):
        seen = tmp_path / "seen"
        code, lines, _ = predict(tmp_path, "--annotate", seen)
        assert code == 0 and len(lines) == 1
    (drawn,) = seen.glob("*.jpg")
    drawn = cv2.imread(str(drawn))[..., ::-1]
    left, top, width, height = photos.BOXES["grace_hopper.jpg"]
    changed = np.abs(drawn.astype(int) - image).max(-1) > 60
    rows, columns = np.nonzero(changed)
    assert abs(columns.min() - left) < width / 10
    assert abs(rows.min() - top) < height / 10


@pytest.mark.parametrize(
    "words,expected",
    [
        (["EMPTY"], "there is no photo or video in"),
        (["EMPTY/..", "--annotate", "EMPTY/.."], "might be lost"),
        ([HOPPER, "--model", "no/such"], "'no/such' is no model"),
        ([HOPPER, "--model", "gone.keras"], "gone.keras"),
    ],
)
def test_what_is_refused(predict, tmp_path, words, expected):
    (tmp_path / "empty").mkdir()
    Image.new("L", (50, 50)).save(tmp_path / "a.png")
    code, lines, _ = predict(
        *(word.replace("EMPTY", str(tmp_path / "empty")) for word in words)
    )
    assert code.startswith("ferkeras: ") and expected in code
    assert lines == []


def test_a_folder_for_the_table_is_refused_at_once(predict, tmp_path):
    assert predict(HOPPER, "--csv", tmp_path)[:2] == (2, [])
    assert predict(HOPPER, "--annotate", HOPPER)[:2] == (2, [])


def test_the_table_has_names_that_are_no_text(predict, tmp_path):
    name = os.fsdecode(b"caf\xe9.png")
    Image.new("L", (50, 50)).save(tmp_path / "a.png")
    (tmp_path / "a.png").rename(tmp_path / name)
    out, listed = tmp_path / "o.csv", tmp_path / "o.json"
    code, _, _ = predict(tmp_path, "--csv", out, "--json", listed)
    assert code == 0
    assert b"/caf\xe9.png," in out.read_bytes()
    assert json.loads(listed.read_text())[0]["source"].endswith(name)


def test_what_cannot_be_drawn_takes_no_row_from_the_table(predict, tmp_path):
    folder, out = tmp_path / "in", tmp_path / "o.csv"
    folder.mkdir()
    for name in "abc":
        Image.new("L", (50, 50)).save(folder / f"{name}.png")
    seen = tmp_path / "seen"
    words = "--cropped", "--csv", out, "--annotate", seen
    assert predict(folder, *words)[0] == 0
    (seen / "b.png.jpg").unlink()
    (seen / "b.png.jpg").mkdir()
    code, lines, err = predict(folder, *words)
    assert code == 1 and len(lines) == 3
    assert "not drawn: " in err and "b.png.jpg" in err
    assert len(out.read_text().splitlines()) == 4


def test_names_are_printed_as_they_are(predict, tmp_path):
    (tmp_path / "[anna] 1.jpg").write_bytes(b"damaged")
    code, _, err = predict(tmp_path)
    assert code == 1 and f"not read: {tmp_path}/[anna] 1.jpg" in err


@pytest.mark.any_backend
def test_a_table_is_written_though_nobody_reads_the_lines(model, tmp_path):
    folder, out = tmp_path / "in", tmp_path / "o.csv"
    folder.mkdir()
    for name in range(3):
        Image.new("L", (50, 50)).save(folder / f"{name}.png")
    code = (
        "import sys; from reproductions import __main__; "
        "__main__.main(sys.argv[1:])"
    )
    words = ["predict", folder, "--model", model, "--cropped", "--csv", out]
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run([sys.executable, "-c", code, *words], stdout=writer)
    os.close(writer)
    assert done.returncode == 0
    assert len(out.read_text().splitlines()) == 4


def test_a_terminal_has_a_line_where_the_label_changes(
    model, tmp_path, monkeypatch
):
    write_video(tmp_path / "a.mp4")
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True, raising=False)
    screen = Console(file=io.StringIO(), force_terminal=True, width=200)
    predictor = Predictor(model, cropped=True)
    sources = [tmp_path / "a.mp4", photos.path_of("grace_hopper.jpg")]
    seen = Seen(None)
    assert not show(predictor, sources, None, screen, seen)
    assert (seen.pictures, seen.faces, seen.rows) == (11, 11, None)
    said = Text.from_ansi(screen.file.getvalue()).plain
    assert re.findall(r"(\d\.\d\d) s +(\w+)", said) == [
        ("0.00", "dark"),
        ("1.40", "bright"),
    ]
    assert "11/11" in said and "0:00:00 left" in said


def test_a_webcam_ends_with_what_there_is(predict, tmp_path, monkeypatch):
    write_video(tmp_path / "a.mp4", count=9)
    film = cv2.VideoCapture

    class Webcam:
        def __init__(self, number):
            self.film, self.left = film(str(tmp_path / "a.mp4")), 4

        def __getattr__(self, name):
            return getattr(self.film, name)

        def grab(self):
            self.left -= 1
            if not self.left:
                raise KeyboardInterrupt
            return self.film.grab()

    monkeypatch.setattr(cv2, "VideoCapture", Webcam)
    out = tmp_path / "o.csv"
    code, lines, err = predict("0", "--cropped", "--csv", out)
    assert code == 0 and err == "3 pictures, 3 faces\n"
    assert [line.split()[0] for line in lines] == ["0"] * 3
    assert len(out.read_text().splitlines()) == 4
    code, _, _ = predict(tmp_path / "a.mp4", "--cropped")
    assert code == 1
