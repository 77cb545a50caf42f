"""What a queue shows of its progress."""

import time

import keras
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn


def progress_line():
    """`rich.progress.Progress` of the fields that a display fills."""
    columns = (
        BarColumn(20),
        TextColumn("{task.fields[now]}"),
        TimeElapsedColumn(),
        TextColumn("{task.fields[left]} left"),
    )
    return Progress(*columns, console=Console(stderr=True), transient=True)


def epochs_of(units):
    """Epochs that units are trained for, each by itself."""
    return sum(unit.row.recipe.epochs for unit in units)


class Display(keras.callbacks.Callback):
    """One line of progress for the whole queue, in epochs.

    Args:
        progress: what `progress_line` returned.
        units: list of `Unit`, in the order of work.
    """

    def __init__(self, progress, units):
        super().__init__()
        self.progress, self.units = progress, list(units)
        self.seconds = {}
        self.behind = 0
        total = epochs_of(units)
        self.task = progress.add_task("", total=total, now="", left="?")

    def start(self, group):
        """Turn to units that are trained together, the first of those left."""
        self.group = group
        self.units = [unit for unit in self.units if unit not in group]
        self.progress.update(
            self.task, completed=self.behind, now=f"{name(group)}: compiling"
        )
        self.behind += epochs_of(group)

    def on_epoch_end(self, epoch, logs=None):
        epochs = self.group[0].row.recipe.epochs - epoch - 1
        # Of all of them, as a run has its share.
        seeds = len({unit.seed for unit in self.group})
        self.seconds[self.group[0].row.name] = logs["seconds"]
        self.progress.update(
            self.task,
            completed=self.behind - epochs * len(self.group),
            now=place(self.group, epoch, logs),
            left=duration(self.seconds_left(epochs * seeds)),
        )

    def seconds_left(self, epochs):
        """Estimate from each row's last epoch; rows not seen as the mean."""
        mean = sum(self.seconds.values()) / len(self.seconds)
        left = epochs * self.seconds[self.group[0].row.name]
        for unit in self.units:
            an_epoch = self.seconds.get(unit.row.name, mean)
            left += unit.row.recipe.epochs * an_epoch
        return left


class Overview:
    """The same line for groups of units that are trained at once.

    Args:
        progress: what `progress_line` returned.
        units: list of `Unit`.
    """

    def __init__(self, progress, units):
        self.progress, self.began = progress, time.monotonic()
        self.behind, self.trained = {}, 0
        self.total = epochs_of(units)
        self.task = progress.add_task(
            "", total=self.total, now="starting", left="?"
        )

    def epoch(self, group, epoch, logs):
        """Take the end of an epoch of a group, counted from 0."""
        self.trained += len(group)
        self.behind[key(group[0])] = (epoch + 1) * len(group)
        self._show(now=place(group, epoch, logs))

    def done(self, group):
        """Take that a group is over, complete or not."""
        self.behind[key(group[0])] = epochs_of(group)
        self._show()

    def _show(self, **fields):
        behind = sum(self.behind.values())
        if self.trained:
            each = (time.monotonic() - self.began) / self.trained
            fields["left"] = duration(each * (self.total - behind))
        self.progress.update(self.task, completed=behind, **fields)


class Report(keras.callbacks.Callback):
    """Tell another process of the epochs of a run.

    Args:
        tell: function of `(epoch, logs)`.
    """

    def __init__(self, tell):
        super().__init__()
        self.tell = tell

    def on_epoch_end(self, epoch, logs=None):
        self.tell(epoch, logs)


def key(unit):
    """What tells a unit from others, which is itself not hashable."""
    return unit.folder, unit.seed


def place(group, epoch, logs):
    """How far units that are trained together are, in a line."""
    task, recipe = group[0].row.task, group[0].row.recipe
    score = task.printed(logs[f"val_{task.metric}"])
    return (
        f"{name(group)}: epoch {epoch + 1} of {recipe.epochs}, {score} on "
        "selection data"
    )


def name(group):
    """Units of one row that are trained together, in a line."""
    protocols = " and ".join(dict.fromkeys(x.protocol.name for x in group))
    seeds = list(dict.fromkeys(str(x.seed) for x in group))
    word = "seed" if len(seeds) == 1 else "seeds"
    return f"{group[0].row.name}, {protocols}, {word} {', '.join(seeds)}"


def duration(seconds):
    """Hours, minutes and seconds, as `1:02:03`."""
    minutes, seconds = divmod(round(seconds), 60)
    return f"{minutes // 60}:{minutes % 60:02}:{seconds:02}"


def result(unit, entry):
    """What came of a unit, in a line."""
    task = unit.row.task
    return (
        f"{unit}: {entry['scores'][task.metric]:.2f} {task.unit} on "
        f"{unit.protocol.test}, {duration(entry['seconds'])}"
    )
