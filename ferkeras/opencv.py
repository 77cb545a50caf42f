"""OpenCV, where there is one and it has what is used of it.

Its packages write into one folder, so that of two the last one installed is
found, with parts of the other. OpenCV 4 is required, since 5 has no cascades to
find faces with; what needs none runs on 5 as well, where that is what there is.
"""

import re
from importlib.metadata import PackageNotFoundError, version

__all__ = ["cv2", "require_cascades"]

REQUIREMENT = "opencv-python-headless>=4.10,<5"
PACKAGES = (
    "opencv-python",
    "opencv-python-headless",
    "opencv-contrib-python",
    "opencv-contrib-python-headless",
)
USED = ("FaceDetectorYN", "VideoCapture")


def check() -> None:
    """See that there is one OpenCV, and which.

    Raises:
        ImportError: named `cv2`, where two are installed or the one is not as
            required, with what to run.
    """
    found = installed()
    if len(found) > 1:
        raise _wrong("overwrite each other's files", found)
    try:
        import cv2
    except ImportError as error:
        raise _wrong(f"cannot be loaded ({error})", found) from error
    numbers = re.findall(r"[0-9]+", getattr(cv2, "__version__", ""))
    release = tuple(map(int, numbers[:2]))
    lacks = [name for name in USED if not hasattr(cv2, name)]
    if lacks or not (4, 10) <= release < (6,):
        raise _wrong(f"is not {REQUIREMENT}", found)


def require_cascades() -> None:
    """See that it has the cascades of OpenCV 4.

    Raises:
        ImportError: as `check`.
    """
    if not hasattr(cv2, "CascadeClassifier"):
        raise _wrong("has no cascades to find faces with", installed())


def installed() -> dict[str, str]:
    """Versions of the packages of OpenCV that are installed, by name."""
    found = {}
    for name in PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


def _wrong(what: str, found: dict[str, str]) -> ImportError:
    names = " and ".join(f"{name} {x}" for name, x in found.items())
    remove = f"python -m pip uninstall -y {' '.join(found)}; " if found else ""
    return ImportError(
        f"{names or 'OpenCV'} {what}. Run: {remove}"
        f"python -m pip install '{REQUIREMENT}'",
        name="cv2",
    )


check()
import cv2  # noqa: E402
