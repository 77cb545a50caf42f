"""One unit, from prepared dataset to record."""

import json
import shutil

import keras
import numpy as np

from ferkeras import devices, record
from ferkeras.build import build
from ferkeras.experiment import dotted, settings
from ferkeras.export import half_precision
from ferkeras.fold_lists import write_folds
from ferkeras.outcome import at_last_epoch, conclude
from ferkeras.record import path_of, write_whole
from ferkeras.snapshot import (
    HISTORY,
    SNAPSHOT,
    epochs_done,
    read_history,
    trim_history,
)
from ferkeras.start import take_start
from ferkeras.tensorboard import TensorBoardLog
from ferkeras.train import (
    OutOfTime,
    best_epoch,
    best_weights,
    drop_other_weights,
    take_best,
    train,
)


def reproduce(unit, results, datasets, command, deadline=None, callbacks=()):
    """Train, score, export and record a unit; go on where a run stopped.

    A row without phases is scored as it starts.

    Args:
        unit: `Unit`.
        results: `pathlib.Path` of the results folder. Records go there; logs,
            snapshots and exported models into its folder `work`.
        datasets: `ferkeras.data.Datasets`.
        command: the command line, for the record.
        deadline: `time.monotonic()` value after which not to train on.
        callbacks: further Keras callbacks.

    Returns:
        The record, a dict of JSON values.

    Raises:
        OutOfTime: at the deadline, with the run recorded as incomplete.
        FileNotFoundError: where the dataset is not prepared.
        ValueError: where the work folder holds a run of something else, or the
            results folder a record of it.
    """
    record.refuse_to_overwrite(results, unit)
    row, protocol = unit.row, unit.protocol
    work = results / "work" / unit.folder / f"seed{unit.seed}"
    steps = protocol.hold_outs
    card = datasets.card(row.dataset, protocol.splits, steps, unit.seed)
    claim_folder(work, unit, card)
    write_folds(results, unit, datasets)

    def faces(split, size=row.image_size):
        return datasets.faces(
            row.dataset, split, steps, size, row.colours, unit.seed
        )

    def faces_at(size):
        return faces(protocol.train, size), faces(protocol.select, size)

    colours = faces(protocol.splits[0]).images.shape[-1]
    keras.utils.clear_session()
    keras.utils.set_random_seed(unit.seed)
    keras.config.set_dtype_policy(row.recipe.precision)
    networks = build(row, len(card["class_names"]), colours)
    started_from = [
        take_start(start, networks.classifier, unit, results, datasets)
        for start in row.start_from
    ]
    log = TensorBoardLog(work / "tensorboard", hparams(unit), str(unit))
    entry = describe(unit, card, networks)
    entry |= {"command": command, "sessions": note_session(work)}
    if started_from:
        entry["started_from"] = started_from
    try:
        history = train(
            networks,
            row,
            faces_at,
            unit.seed,
            work,
            deadline,
            [log, *callbacks],
        )
    except (OutOfTime, KeyboardInterrupt):
        trim_history(work, epochs_done(work))
        history = read_history(work)
        if history:
            entry |= progress(unit, history, card, "incomplete")
            keep_history(results, unit, work)
            record.write_record(results, unit, entry)
        raise
    finally:
        log.close()

    test = faces(protocol.test)
    if history and row.task.classifies:
        entry["scores_at_last_epoch"] = at_last_epoch(
            unit, networks, test, card["class_names"], results
        )
    if history:
        take_best(networks, work)
    scores, picture = conclude(
        unit, networks, test, card["class_names"], results, work
    )
    entry |= progress(unit, history, card, "complete") | {"scores": scores}
    if history:
        keep_history(results, unit, work)
    if row.keep_weights:
        half_precision(
            best_weights(work, entry["epochs"]["best"]),
            path_of(results, unit, ".weights.h5"),
        )
    numbers = {k: v for k, v in scores.items() if not isinstance(v, dict)}
    log.finish(numbers, picture, len(history))
    record.write_record(results, unit, entry)
    (work / SNAPSHOT).unlink(missing_ok=True)
    drop_other_weights(work)
    return entry


def claim_folder(work, unit, card):
    """Mark a work folder as this unit's, and drop half-written epochs.

    Raises:
        ValueError: where it holds the run of another recipe or dataset.
    """
    mark, started = work / "unit.txt", (work / SNAPSHOT).exists()
    ours = f"{unit.digest} {card['fingerprint']}\n"
    if started and mark.exists() and mark.read_text() != ours:
        raise ValueError(
            f"{work} holds a run of {unit} that was stopped, and the recipe, "
            "the protocol or the dataset has changed since. Delete that "
            "folder to start afresh."
        )
    if not started:
        shutil.rmtree(work, ignore_errors=True)
    write_whole(mark, ours)
    drop_other_weights(work)


def note_session(work):
    """List on what a run was trained: one entry, unless it was resumed."""
    session = {
        "commit": record.commit(),
        "device": devices.device_name(),
        "backend": keras.backend.backend(),
        "versions": devices.versions(),
    }
    path = work / "sessions.json"
    sessions = json.loads(path.read_text()) if path.exists() else []
    if session not in sessions:
        sessions.append(session)
        write_whole(path, json.dumps(sessions, indent=1))
    return sessions


def describe(unit, card, networks):
    """The part of a record that is known before training."""
    # Without a training split there is no optimizer to ask for them.
    steps = unit.row.recipe.steps(card["images"].get(unit.protocol.train, 0))
    return {
        "paper": unit.paper.key,
        "table": unit.table.name,
        "row": unit.row.name,
        "protocol": {
            "name": unit.protocol.name,
            "train": unit.protocol.train,
            "checkpoint_chosen_on": unit.protocol.select,
            "test": unit.protocol.test,
            "hold_outs": [
                {"step": type(step).__name__} | settings(step)
                for step in unit.protocol.hold_outs
            ],
        },
        "seed": unit.seed,
        "digest": unit.digest,
        "dataset": card,
        "experiment": unit.row.describe(),
        "optimizers": [
            optimizer_config(phase.build_optimizer(steps))
            for phase in unit.row.recipe.phases
        ],
        "assumed": list(unit.row.recipe.assumed),
        "parameters": networks.scoring.count_params(),
    }


def optimizer_config(optimizer):
    """An optimizer's class and every setting, Keras' defaults included."""
    config = optimizer.get_config()
    # Keras numbers its optimizers; the number says nothing.
    del config["name"]
    settings = {k: v for k, v in config.items() if v is not None}
    return {"class": type(optimizer).__name__, **settings}


def progress(unit, history, card, status):
    """The part of a record that tells how far a run went.

    Without an epoch, the best is number 0, and its score null.
    """
    task, best, selection, speed = unit.row.task, 0, None, 0.0
    if history:
        best = best_epoch(history)
        selection = task.scale * history[best - 1][f"val_{task.metric}"]
        seconds = np.median([epoch["train_seconds"] for epoch in history])
        speed = card["images"][unit.protocol.train] / seconds
    return {
        "status": status,
        "finished": record.now(),
        "epochs": {
            "done": len(history),
            "planned": unit.row.recipe.epochs,
            "best": best,
        },
        f"selection_{task.metric}": selection,
        "seconds": round(sum(epoch["seconds"] for epoch in history), 1),
        "images_per_second": round(speed, 1),
    }


def keep_history(results, unit, work):
    """Copy the per-epoch values beside the record."""
    text = (work / HISTORY).read_text()
    write_whole(path_of(results, unit, ".history.csv"), text)


def hparams(unit):
    """A unit's line in TensorBoard's HParams table."""
    row = unit.row
    return {
        "row": row.name,
        "protocol": unit.protocol.name,
        "seed": unit.seed,
        "network": dotted(row.model),
        "channels": " ".join(row.channels),
        "dataset": row.dataset,
        "image_size": row.image_size,
        "batch_size": row.recipe.batch_size,
        "epochs": row.recipe.epochs,
    }
