"""The models that ship: trained weights, each beside the record of its run."""

import contextlib
import hashlib
import json
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ferkeras.names import nearest

if TYPE_CHECKING:
    import keras

RESULTS = Path(__file__).parents[2] / "results"
# What `ferkeras predict` asks where no model is named: the first of these that
# ships.
DEFAULT = "reference"
REFERENCES = "reference/fer2013-large", "reference/fer2013-small"


@dataclass(frozen=True)
class Shipped:
    """A trained model and the record of the run that it is of.

    Attributes:
        name: what `load` takes, `"chesley2021/i-lenet5"`: the paper's key and
            the folder of its row.
        file: `pathlib.Path` of the `.keras` file.
        record: the run's record, a dict.
    """

    name: str
    file: Path
    record: dict[str, Any]

    @property
    def class_names(self) -> tuple[str, ...]:
        """Names of the classes in label order, a tuple of str."""
        return tuple(self.record["dataset"]["class_names"])

    @property
    def input_shape(self) -> tuple[int | None, ...]:
        """`(None, height, width, colours)` of the images that it takes."""
        with zipfile.ZipFile(self.file) as whole:
            config = json.loads(whole.read("config.json"))["config"]
        return tuple(config["layers"][0]["config"]["batch_shape"])

    @property
    def evaluated(self) -> dict[str, Any] | None:
        """What `ferkeras evaluate` found of the file on its test images.

        The record's scores are of the weights before they were rounded, and
        may be of several views of an image. None where nobody evaluated it.
        """
        path = self.file.with_name("evaluated.json")
        found = json.loads(path.read_text()) if path.exists() else {}
        same = found.get("model_sha256") == self.record.get("model_sha256")
        return found if found and same else None

    @property
    def card(self) -> Path:
        """`pathlib.Path` of its model card."""
        return self.file.with_name("README.md")


def shipped(results: Path = RESULTS) -> dict[str, Shipped]:
    """The models below a folder of results, of the clean protocol.

    Of a row with several, the one whose run scored highest on the images that
    chose its epoch, which are not those that are scored.

    Args:
        results: folder of results; the repository's own by default.

    Returns:
        dict of names to `Shipped`, in the names' order.
    """
    found: dict[str, list[Shipped]] = {}
    for file in sorted(Path(results).glob("*/clean/*/seed*.keras")):
        record = json.loads(file.with_suffix(".json").read_text())
        # Networks that make images have another score.
        if "selection_accuracy" in record:
            name = f"{record['paper']}/{file.parent.name}"
            found.setdefault(name, []).append(Shipped(name, file, record))
    return {name: max(runs, key=chosen_by) for name, runs in found.items()}


def chosen_by(model: Shipped) -> float:
    """The score that chooses between the runs of a row."""
    return model.record["selection_accuracy"]


def full_name(name: str | Path, known: Mapping[str, Shipped]) -> str:
    """Name of a model; of `DEFAULT`, that of the one that it stands for.

    Where none of those ships, the name as it is.
    """
    ours = [each for each in REFERENCES if each in known]
    return ours[0] if name == DEFAULT and ours else str(name)


def is_path(name: str | Path) -> bool:
    """Whether a model is named by a path: of a `.keras` file or SavedModel."""
    path = Path(name)
    return path.suffix == ".keras" or (path / "saved_model.pb").exists()


def digest_of(file: Path) -> str:
    """SHA-256 of a model's file, as its record has it."""
    return hashlib.sha256(file.read_bytes()).hexdigest()


def digest(name: str | Path, results: Path = RESULTS) -> str | None:
    """SHA-256 of the file of a model, named as of `load`.

    None of a SavedModel, which is a folder.
    """
    if is_path(name):
        return digest_of(Path(name)) if Path(name).is_file() else None
    known = shipped(results)
    return known[full_name(name, known)].record["model_sha256"]


def record_of(
    name: str | Path, results: Path = RESULTS
) -> dict[str, Any] | None:
    """Record of the run that a model is of; None where that is not known.

    Args:
        name: as of `load`; of a path, the record is looked for where a run
            leaves it.
        results: as of `load`.
    """
    known = shipped(results)
    if not is_path(name):
        model = known.get(full_name(name, known))
        return model.record if model else None
    path, records = Path(name).resolve(), []
    if path.is_file():
        found = digest_of(path)
        records = [model.record for model in known.values()]
        records += read_if_record(path.with_suffix(".json"))
        records = [x for x in records if x.get("model_sha256") == found]
    # A run's own export is results/work/UNIT/seed0/model.keras.
    *above, run = path.parent.parts
    if "work" in above:
        place = len(above) - 1 - above[::-1].index("work")
        unit = Path(*above[:place], *above[place + 1 :])
        records += read_if_record(unit / f"{run}.json")
    return next(iter(records), None)


def read_if_record(file: Path) -> list[dict[str, Any]]:
    """What a file holds, in a list; empty where that is no record."""
    with contextlib.suppress(OSError, ValueError):
        found = json.loads(file.read_text())
        if isinstance(found, dict) and "protocol" in found:
            return [found]
    return []


def load(name: str | Path, results: Path = RESULTS) -> "keras.Model":
    """Load a trained model.

    Args:
        name: of a model that ships, `"chesley2021/i-lenet5"`, as `ferkeras
            models` lists them; `DEFAULT`; or the path of a `.keras` file or a
            SavedModel that a run or `ferkeras export` wrote.
        results: folder of results that names are looked up in.

    Returns:
        keras.Model from uint8 images `(batch, size, size, colours)`, raw
        pixels in 0-255, colours 1 (grey) or 3 (RGB), to class probabilities
        `(batch, classes)`. Its attribute `class_names` has their names, a
        tuple of str; `model.input_shape` the size.

    Raises:
        ValueError: for a name that there is none of, a file that is not the
            one recorded, and a model that does not name its classes.
        FileNotFoundError: for a path with nothing there.
    """
    # What it loads, not what it is asked by, takes seconds to import.
    from ferkeras.scoring import export

    if is_path(name):
        return export.open_model(Path(name))
    known = shipped(results)
    name = full_name(name, known)
    if name not in known:
        raise ValueError(
            f"{name!r} is no model in {results}; "
            f"{nearest(name, known)}. It is no .keras file or SavedModel "
            "either. `ferkeras models` lists the models."
        )
    model = known[name]
    found = digest_of(model.file)
    if found != model.record["model_sha256"]:
        raise ValueError(
            f"{model.file} is not the file that its record is of: its SHA-256 "
            f"is {found}. Restore it with git."
        )
    return export.open_model(model.file)
