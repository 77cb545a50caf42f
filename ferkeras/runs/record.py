"""One run's result as files: `results/<paper>/<protocol>/<row>/seed<k>.*`."""

import csv
import io
import json
import os
import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from ferkeras.data import is_own
from ferkeras.files import open_whole, write_whole

ROOT = Path(__file__).parents[2]


def commit():
    """Commit of the code, with `+` where the code differs from it.

    A copy of the tree without its history, as on a borrowed machine, is told
    its commit by the environment variable `FERKERAS_COMMIT`.
    """

    def git(*words):
        return subprocess.run(
            ["git", *words], cwd=ROOT, capture_output=True, text=True
        ).stdout.strip()

    # Installed inside another project, git would tell of that one.
    ours = shutil.which("git") and not git("rev-parse", "--show-cdup")
    head = git("rev-parse", "HEAD") if ours else ""
    if not head:
        return os.environ.get("FERKERAS_COMMIT", "unknown")
    # What a run that is under way writes does not change the code.
    changed = git("status", "--porcelain", "--", ".", ":!results", ":!*.md")
    return head + ("+" if changed else "")


def now():
    """Time in UTC, to the second."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def path_of(results, unit, suffix):
    """File of a unit below the results folder."""
    return Path(results) / unit.folder / f"seed{unit.seed}{suffix}"


def write_record(results, unit, record):
    """Write a unit's JSON, the file that makes the unit recorded."""
    text = json.dumps(record, indent=1, ensure_ascii=False) + "\n"
    write_whole(path_of(results, unit, ".json"), text)


def read_record(results, unit):
    """Read a unit's record, or None.

    A record of another recipe or protocol than the code's counts as none.
    """
    path = path_of(results, unit, ".json")
    record = read_json(path) if path.exists() else None
    return record if record and record["digest"] == unit.digest else None


def read_json(path):
    """Read a record's file.

    Raises:
        ValueError: where it is damaged, with its name.
    """
    try:
        record = json.loads(path.read_text())
        record["digest"], record["dataset"]["synthetic"]
    except (ValueError, KeyError, TypeError) as error:
        raise ValueError(
            f"{path} is not a record: {error!r}. Delete it, or restore it "
            "with git."
        ) from error
    return record


PUBLISHED, DRAWN = "published images", "drawn faces"


def kind_of(record):
    """What a record is on: one of these, or another dataset than the paper's.

    That is given by its name.
    """
    dataset = record["dataset"]
    if dataset["synthetic"]:
        return DRAWN
    moved = "elsewhere" in record or is_own(dataset["name"])
    return dataset["name"] if moved else PUBLISHED


def refuse_to_mix(results, paper, kind):
    """Keep the paper's images, drawn faces and other datasets apart.

    Args:
        results: folder of results.
        paper: a `Paper`.
        kind: what the runs to come are on, as of `kind_of`.

    Raises:
        ValueError: where the folder holds the paper's records of another
            kind, or is a file.
    """
    if results.exists() and not results.is_dir():
        raise ValueError(f"{results} is a file; --results takes a folder.")
    for path in sorted((results / paper.key).rglob("seed*.json")):
        there = kind_of(read_json(path))
        if there != kind:
            raise ValueError(
                f"{path} is a record of {there}, not of {kind}. Name another "
                "folder with --results."
            )


def refuse_to_overwrite(results, unit):
    """Keep the record of another recipe from being replaced.

    Raises:
        ValueError: where the unit's file is such a record.
    """
    path = path_of(results, unit, ".json")
    if path.exists() and read_record(results, unit) is None:
        raise ValueError(
            f"{path} is a record of another recipe or protocol than the "
            f"code's. Remove {path.stem}.* there to run {unit} again."
        )


def is_complete(record):
    """Whether a record is of a run that trained to its end."""
    return record is not None and record["status"] == "complete"


def commonest(unit, entry):
    """Share of the commonest class, in percent, as a record tells it.

    Of the training images; in records that do not have it, of those scored.
    """
    shares = entry["dataset"].get("commonest")
    if shares:
        return shares[unit.protocol.train]
    counts = [x["images"] for x in entry["scores"]["classes"].values()]
    return 100 * max(counts) / sum(counts)


def write_probabilities(path, probabilities, faces, branches=None):
    """Write per-image float16 probabilities with label and published row.

    And, if the dataset has it, with the size of the original in pixels, the
    mean of its sides, 0 where unknown.

    Args:
        path: `.npz` file to write.
        probabilities: `(count, classes)`.
        faces: `Faces` of these images.
        branches: bool `(count, branches)`, which branches have an image right;
            kept beside the sizes, which they are drawn over.
    """
    sizes = {}
    if faces.sizes is not None:
        sizes["size"] = faces.sizes.astype(np.float32)
        if branches is not None:
            sizes["branches"] = branches
    with open_whole(path) as file:
        np.savez_compressed(
            file,
            probabilities=probabilities.astype(np.float16),
            label=faces.labels.astype(np.uint8),
            row=faces.rows.astype(np.int32),
            **sizes,
        )


def write_confusion(path, matrix, class_names):
    """Write a confusion matrix in images as CSV; rows are true classes."""
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow(["true \\ predicted", *class_names])
    for name, row in zip(class_names, matrix.tolist(), strict=True):
        rows.writerow([name, *row])
    write_whole(path, text.getvalue())


def read_confusion(path):
    """Read what `write_confusion` wrote, `(classes, classes)`."""
    with path.open(newline="") as file:
        _, *rows = csv.reader(file)
    return np.array([list(map(int, row[1:])) for row in rows])
