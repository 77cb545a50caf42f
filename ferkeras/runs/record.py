"""One run's result as files: `results/<paper>/<protocol>/<row>/seed<k>.*`."""

import json
from pathlib import Path

from ferkeras.data import is_own
from ferkeras.files import write_whole


def path_of(results, unit, suffix):
    """File of a unit below the results folder."""
    return Path(results) / unit.folder / f"seed{unit.seed}{suffix}"


def write_record(results, unit, record):
    """Write a unit's JSON, the file that makes the unit recorded."""
    text = json.dumps(record, indent=1, ensure_ascii=False) + "\n"
    write_whole(path_of(results, unit, ".json"), text)


def read_record(results, unit):
    """Read a unit's record, or None.

    A record of another recipe or protocol than the code's, or of a row that it
    started from, counts as none.
    """
    path = path_of(results, unit, ".json")
    record = read_json(path) if path.exists() else None
    return record if record and is_of(record, unit) else None


def is_of(record, unit):
    """Whether a record is of what the code would run for a unit."""
    same = record["digest"] == unit.digest
    if not (same and unit.stages):
        return same
    started_from = {
        start["digest"]
        for start in record.get("started_from", ())
        if "row" in start
    }
    return started_from <= {stage.digest for stage in unit.stages}


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


def refuse_other_images(results, unit, datasets):
    """Keep runs of a row on one copy of its dataset.

    Args:
        results: folder of results.
        unit: `Unit` to run.
        datasets: `ferkeras.data.Datasets`.

    Raises:
        ValueError: where a run of the row was on other images.
    """
    here = None
    for path in sorted((Path(results) / unit.folder).glob("seed*.json")):
        there = read_json(path)
        if not is_complete(there):
            continue
        here = here or fingerprint({"dataset": card_of(unit, datasets)})
        if fingerprint(there) != here:
            raise ValueError(
                f"{path} is a run on another copy of {unit.row.dataset}: its "
                "fingerprints differ. For runs on this copy, name another "
                "folder with --results."
            )


def card_of(unit, datasets):
    """A unit's images, as `ferkeras.data.Datasets.card` describes them."""
    protocol = unit.protocol
    return datasets.card(
        unit.row.dataset, protocol.splits, protocol.hold_outs, unit.seed
    )


def fingerprint(entry):
    """Of the images that all runs of a row share."""
    dataset = entry["dataset"]
    return dataset.get("published", dataset["fingerprint"])


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
