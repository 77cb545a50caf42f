"""The OpenCV that is there is as needed, or one line says what to do."""

import configparser
import subprocess
import sys
from pathlib import Path

import pytest

from ferkeras import opencv
from ferkeras.data import face_crop

pytestmark = pytest.mark.any_backend
ROOT = Path(__file__).parent.parent
HEADLESS = {"opencv-python-headless": "4.14.0.94"}
UNINSTALL = "python -m pip uninstall -y"
INSTALL = f"python -m pip install '{opencv.REQUIREMENT}'"


def test_one_that_is_as_required_is_taken():
    opencv.check()
    assert len(opencv.installed()) == 1


def test_the_requirement_is_that_of_the_package():
    setup = configparser.ConfigParser()
    setup.read(ROOT / "setup.cfg")
    assert opencv.REQUIREMENT in setup["options"]["install_requires"].split()


def test_two_are_named_with_what_to_run(monkeypatch):
    two = HEADLESS | {"opencv-python": "5.0.0.93"}
    monkeypatch.setattr(opencv, "installed", lambda: two)
    with pytest.raises(ImportError) as error:
        opencv.check()
    assert str(error.value) == (
        "opencv-python-headless 4.14.0.94 and opencv-python 5.0.0.93 overwrite "
        f"each other's files. Run: {UNINSTALL} opencv-python-headless "
        f"opencv-python; {INSTALL}"
    )


@pytest.mark.parametrize("version", ["4.10.0", "5.0.0"])
def test_five_is_taken_too(monkeypatch, version):
    monkeypatch.setattr(opencv.cv2, "__version__", version)
    monkeypatch.delattr(opencv.cv2, "CascadeClassifier", raising=False)
    opencv.check()


@pytest.mark.parametrize("version", ["6.0.0", "4.9.0", "3.4.18", None])
def test_one_of_another_version_is_named(monkeypatch, version):
    # What is left of two, once one is uninstalled, has no version.
    if version:
        monkeypatch.setattr(opencv.cv2, "__version__", version)
    else:
        monkeypatch.delattr(opencv.cv2, "__version__")
    monkeypatch.setattr(opencv, "installed", lambda: HEADLESS)
    with pytest.raises(ImportError, match="headless 4.14.0.94 is not .*Run: "):
        opencv.check()


def test_one_without_the_detector_is_named(monkeypatch):
    monkeypatch.delattr(opencv.cv2, "FaceDetectorYN")
    with pytest.raises(ImportError, match=opencv.REQUIREMENT):
        opencv.check()


def test_faces_are_not_looked_for_without_cascades(monkeypatch):
    monkeypatch.delattr(opencv.cv2, "CascadeClassifier", raising=False)
    monkeypatch.setattr(opencv, "installed", lambda: HEADLESS)
    with pytest.raises(ImportError) as error:
        face_crop.cascade.__wrapped__()
    assert str(error.value) == (
        "opencv-python-headless 4.14.0.94 has no cascades to find faces with. "
        f"Run: {UNINSTALL} opencv-python-headless; {INSTALL}"
    )


@pytest.mark.parametrize(
    "words", [["reproductions", "bench"], ["reproductions.pandey2019"]]
)
def test_commands_end_with_one_line(tmp_path, words):
    (tmp_path / "cv2").mkdir()
    (tmp_path / "cv2" / "__init__.py").write_text("__version__ = '4.9.0'\n")
    found = subprocess.run(
        [sys.executable, "-m", *words],
        env={
            "PYTHONPATH": f"{tmp_path}:{ROOT}",
            "PATH": "",
            "HOME": "/nowhere",
        },
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    (line,) = found.stderr.splitlines()
    assert found.returncode == 1
    assert line.startswith("ferkeras: opencv-python-headless")
    assert line.endswith(INSTALL)
