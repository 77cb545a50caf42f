"""One run's result as files: `results/<paper>/<protocol>/<row>/seed<k>.*`."""

import json
import os
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

ROOT = Path(__file__).parent.parent


def write_whole(path, content):
    """Write a file so that readers see all of it or the one before.

    Args:
        path: `pathlib.Path`; its folder is made.
        content: str or bytes.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(path.name + ".tmp")
    if isinstance(content, str):
        content = content.encode()
    partial.write_bytes(content)
    os.replace(partial, path)


def commit():
    """Commit of the code, with `+` where the code differs from it.

    A copy of the tree without its history, as on a borrowed machine, is told
    its commit by the environment variable `FERKERAS_COMMIT`.
    """

    def git(*words):
        return subprocess.run(
            ["git", *words], cwd=ROOT, capture_output=True, text=True
        ).stdout.strip()

    head = git("rev-parse", "HEAD")
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
    if not path.exists():
        return None
    record = json.loads(path.read_text())
    return record if record["digest"] == unit.digest else None


def is_complete(record):
    """Whether a record is of a run that trained to its end."""
    return record is not None and record["status"] == "complete"


def write_probabilities(path, probabilities, faces):
    """Write per-image float16 probabilities with label and published row."""
    partial = path.with_name(path.name + ".tmp")
    with open(partial, "wb") as file:
        np.savez_compressed(
            file,
            probabilities=probabilities.astype(np.float16),
            label=faces.labels.astype(np.uint8),
            row=faces.rows.astype(np.int32),
        )
    os.replace(partial, path)


def write_confusion(path, matrix, class_names):
    """Write a confusion matrix in images as CSV; rows are true classes."""
    lines = [",".join(["true \\ predicted", *class_names])]
    lines += [
        ",".join([name, *map(str, row)])
        for name, row in zip(class_names, matrix.tolist(), strict=True)
    ]
    write_whole(path, "\n".join(lines) + "\n")


def read_confusion(path):
    """Read what `write_confusion` wrote, `(classes, classes)`."""
    lines = path.read_text().splitlines()[1:]
    return np.array([[int(n) for n in line.split(",")[1:]] for line in lines])
