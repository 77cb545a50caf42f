"""A unit on its way to a record."""

import keras

from ferkeras.files import write_whole
from ferkeras.runs import provenance, record
from ferkeras.runs.final_scores import at_last_epoch, keep, write_scores
from ferkeras.runs.fold_lists import write_folds
from ferkeras.runs.record import path_of
from ferkeras.runs.record_parts import describe, hparams, progress
from ferkeras.runs.run_folder import HISTORY, RunFolder
from ferkeras.runs.training_has import training_has
from ferkeras.training import devices
from ferkeras.training.fit import assign
from ferkeras.training.tensorboard import TensorBoardLog


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
        self.entry = {}
        self.card = record.card_of(unit, datasets)
        prints = self.card["fingerprint"]
        work = results / "work" / unit.folder / f"seed{unit.seed}"
        self.log = TensorBoardLog(
            work / "tensorboard", hparams(unit), str(unit)
        )
        self.folder = RunFolder(
            work,
            unit.row.task.metric,
            prints.get(unit.protocol.select),
            self.log,
            unit.row.recipe.chosen_from,
        )
        owner = [x.digest for x in (unit, *unit.stages)]
        if first := unit.row.recipe.chosen_from:
            owner.append(f"chosen from {first}")
        self.folder.claim(f"{' '.join(owner)} {prints}")
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
        """Record how far it went.

        Where it only makes the weights of a complete record anew, that stays.
        """
        recorded = record.read_record(self.results, self.unit)
        if self.folder.epochs_done and not record.is_complete(recorded):
            self._write("incomplete")

    def finish(self, networks, last):
        """Score what was trained, and record it.

        Args:
            networks: `Networks`, whose weights are replaced.
            last: values of the model that is scored after the last epoch.
        """
        unit, folder = self.unit, self.folder
        repeated = training_has(unit, self.datasets)
        test = self.faces(unit.protocol.test)._replace(repeated=repeated)
        names = self.card["class_names"]
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
