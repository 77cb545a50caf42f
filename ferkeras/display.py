"""What a queue shows of its progress."""

import keras


class Display(keras.callbacks.Callback):
    """One line of progress for the whole queue, in epochs.

    Args:
        progress: `rich.progress.Progress` with fields `now` and `left`.
        units: list of `Unit`, in the order of work.
    """

    def __init__(self, progress, units):
        super().__init__()
        self.progress, self.units = progress, list(units)
        self.seconds = {}
        self.behind = 0
        total = sum(unit.row.recipe.epochs for unit in units)
        self.task = progress.add_task("", total=total, now="", left="?")

    def start(self, group):
        """Turn to units that are trained together, the first of those left."""
        self.group = group
        self.units = [unit for unit in self.units if unit not in group]
        self.progress.update(
            self.task, completed=self.behind, now=f"{name(group)}: compiling"
        )
        self.behind += sum(unit.row.recipe.epochs for unit in group)

    def on_epoch_end(self, epoch, logs=None):
        row = self.group[0].row
        epochs = row.recipe.epochs - epoch - 1
        # Of all of them, as a run has its share.
        seeds = len({unit.seed for unit in self.group})
        self.seconds[row.name] = logs["seconds"]
        score = row.task.printed(logs[f"val_{row.task.metric}"])
        self.progress.update(
            self.task,
            completed=self.behind - epochs * len(self.group),
            now=f"{name(self.group)}: epoch {epoch + 1} of "
            f"{row.recipe.epochs}, {score} on selection data",
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


class Report(keras.callbacks.Callback):
    """Tell another process of the epochs of a run.

    Args:
        told: queue of `(epoch, logs)`.
    """

    def __init__(self, told):
        super().__init__()
        self.told = told

    def on_epoch_end(self, epoch, logs=None):
        self.told.put((epoch, logs))


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
