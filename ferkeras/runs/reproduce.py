"""Units, from prepared dataset to record."""

import itertools

import keras
import numpy as np

from ferkeras.files import write_whole
from ferkeras.papers.descriptions import dotted, settings
from ferkeras.runs import provenance, record
from ferkeras.runs.final_scores import at_last_epoch, keep, write_scores
from ferkeras.runs.first_weights import fill_with
from ferkeras.runs.fold_lists import write_folds
from ferkeras.runs.record import path_of
from ferkeras.runs.run_folder import HISTORY, RunFolder, scored
from ferkeras.training import devices
from ferkeras.training.build import build
from ferkeras.training.fit import assign
from ferkeras.training.fit_callbacks import values_of
from ferkeras.training.tensorboard import TensorBoardLog
from ferkeras.training.train import OutOfTime, Run, train


def reproduce(unit, results, datasets, command, deadline=None, callbacks=()):
    """`reproduce_together` of a single unit; returns its record."""
    (entry,) = reproduce_together(
        [unit], results, datasets, command, deadline, callbacks
    )
    return entry


def reproduce_together(
    units, results, datasets, command, deadline=None, callbacks=()
):
    """Train, score, export and record units; go on where a run stopped.

    Units of one seed are trained once, and each protocol chooses its epoch.
    Those of several seeds are trained side by side in one program. A row
    without phases is scored as it starts.

    Args:
        units: list of `Unit` of one row, of which `can_share` holds.
        results: `pathlib.Path` of the results folder. Records go there; logs,
            snapshots and exported models into its folder `work`.
        datasets: `ferkeras.data.Datasets`.
        command: the command line, for the record.
        deadline: `time.monotonic()` value after which not to train on.
        callbacks: further Keras callbacks.

    Returns:
        The records, a list of dicts of JSON values.

    Raises:
        OutOfTime: at the deadline, with the runs recorded as incomplete.
        FileNotFoundError: where the dataset is not prepared.
        ValueError: where the work folder holds a run of something else, or the
            results folder a record of it.
    """
    jobs = [Job(unit, results, datasets) for unit in units]
    row = jobs[0].unit.row
    networks, runs = None, []
    keras.utils.clear_session()
    keras.config.set_dtype_policy(row.recipe.precision)
    by_seed = itertools.groupby(jobs, key=lambda job: job.unit.seed)
    for seed, same in by_seed:
        same = list(same)
        own, started_from = start(same[0])
        networks = networks or own
        folders = tuple(job.folder for job in same)
        state = {"model": values_of(own.training.variables)}
        runs.append(Run(seed, folders, state))
        for job in same:
            job.begin(networks, started_from, command, units)

    def faces_at(size):
        chosen = {
            job.folder.chosen_on: job.faces(job.unit.protocol.select, size)
            for job in jobs
        }
        return jobs[0].faces(jobs[0].unit.protocol.train, size), chosen

    try:
        train(networks, row, faces_at, runs, deadline, callbacks)
    except (OutOfTime, KeyboardInterrupt):
        for job in jobs:
            job.stop()
        raise
    finally:
        for job in jobs:
            job.log.close()
    return [
        job.finish(networks, scored(run.state))
        for job, run in zip(
            jobs, [run for run in runs for _ in run.folders], strict=True
        )
    ]


def start(job):
    """A unit's networks as training starts from them, and what of is said.

    Returns:
        `Networks`, and a list of dicts for the record.
    """
    unit = job.unit
    colours = job.faces(unit.protocol.splits[0]).images.shape[-1]
    keras.utils.set_random_seed(unit.seed)
    networks = build(unit.row, len(job.card["class_names"]), colours)
    return networks, [
        fill_with(each, networks.classifier, unit, job.results, job.datasets)
        for each in unit.row.start_from
    ]


class Job:
    """A unit on its way to a record.

    Args:
        unit: `Unit`.
        results: `pathlib.Path` of the results folder.
        datasets: `ferkeras.data.Datasets`.
    """

    def __init__(self, unit, results, datasets):
        record.refuse_to_overwrite(results, unit)
        self.unit, self.results, self.datasets = unit, results, datasets
        protocol = unit.protocol
        self.card = datasets.card(
            unit.row.dataset, protocol.splits, protocol.hold_outs, unit.seed
        )
        prints = self.card["fingerprint"]
        work = results / "work" / unit.folder / f"seed{unit.seed}"
        self.log = TensorBoardLog(
            work / "tensorboard", hparams(unit), str(unit)
        )
        self.folder = RunFolder(
            work, unit.row.task.metric, prints.get(protocol.select), self.log
        )
        self.folder.claim(f"{unit.digest} {prints}")
        write_folds(results, unit, datasets)

    def faces(self, split, size=None):
        """Images of a split, at the row's size or another."""
        row, steps = self.unit.row, self.unit.protocol.hold_outs
        size = size or row.image_size
        return self.datasets.faces(
            row.dataset, split, steps, size, row.colours, self.unit.seed
        )

    def begin(self, networks, started_from, command, units):
        """Note what is known before training."""
        session = {
            "commit": provenance.commit(),
            "device": devices.device_name(),
            "backend": keras.backend.backend(),
            "versions": devices.versions(),
        }
        others = [str(unit) for unit in units if unit != self.unit]
        if others:
            session["together_with"] = others
        self.entry = describe(self.unit, self.card, networks) | {
            "command": command,
            "sessions": self.folder.note_session(session),
        }
        if started_from:
            self.entry["started_from"] = started_from

    def stop(self):
        """Record how far it went."""
        if self.folder.epochs_done:
            self._write("incomplete")

    def finish(self, networks, last):
        """Score what was trained, and record it.

        Args:
            networks: `Networks`, whose weights are replaced.
            last: values of the model that is scored after the last epoch.
        """
        unit, folder = self.unit, self.folder
        test, names = self.faces(unit.protocol.test), self.card["class_names"]
        results, work = self.results, folder.path
        variables = networks.training.variables
        assign(variables, last)
        if folder.epochs_done:
            if unit.row.task.classifies:
                self.entry["scores_at_last_epoch"] = at_last_epoch(
                    unit, networks, test, names, results
                )
            assign(variables, folder.best)
        scores, picture = write_scores(
            unit, networks, test, names, results, work
        )
        if unit.row.keep_weights and unit.protocol.name == "clean":
            digest = keep(unit, networks, names, results)
            self.entry["model_sha256"] = digest
        numbers = {k: v for k, v in scores.items() if not isinstance(v, dict)}
        self.log.finish(numbers, picture, folder.epochs_done)
        self._write("complete", scores)
        folder.close()
        return self.entry

    def _write(self, status, scores=None):
        history = self.folder.history
        self.entry |= progress(self.unit, self.folder, self.card, status)
        if scores:
            self.entry["scores"] = scores
        if history:
            text = (self.folder.path / HISTORY).read_text()
            path = path_of(self.results, self.unit, ".history.csv")
            write_whole(path, text)
        record.write_record(self.results, self.unit, self.entry)


def describe(unit, card, networks):
    """The part of a record that is known before training."""
    # Without a training split there is no optimizer to ask for them.
    steps = unit.row.recipe.steps(card["images"].get(unit.protocol.train, 0))
    elsewhere = {"elsewhere": True} if unit.paper.dataset else {}
    return {
        "paper": unit.paper.key,
        **elsewhere,
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


def progress(unit, folder, card, status):
    """The part of a record that tells how far a run went.

    Without an epoch, the best is number 0, and its score null.
    """
    history, best = folder.history, folder.best_epoch
    task, selection, speed = unit.row.task, None, 0.0
    if history:
        selection = task.scale * history[best - 1][f"val_{task.metric}"]
        seconds = np.median([epoch["train_seconds"] for epoch in history])
        speed = card["images"][unit.protocol.train] / seconds
    return {
        "status": status,
        "finished": provenance.now(),
        "epochs": {
            "done": len(history),
            "planned": unit.row.recipe.epochs,
            "best": best,
        },
        f"selection_{task.metric}": selection,
        "seconds": round(sum(epoch["seconds"] for epoch in history), 1),
        "images_per_second": round(speed, 1),
    }


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
