"""`ferkeras predict`: photographs and videos -> lines, tables and pictures."""

import contextlib
import csv
import dataclasses
import io
import json
import os
import sys
from collections import Counter
from pathlib import Path

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.text import Text

from ferkeras.data.media import extent, is_moving, media_in
from ferkeras.files import open_whole
from ferkeras.quiet import no_stderr
from ferkeras.trained.annotate import Album
from ferkeras.trained.predict import Predictor
from ferkeras.training import devices

BOX = ("left", "top", "width", "height")


def sources_of(words, besides=None):
    """What the words of the command name.

    Args:
        words: paths, and numbers of webcams.
        besides: folder within another in which nothing is looked for; or
            None.

    Returns:
        A list of `pathlib.Path` and webcams' numbers, and a dict of reasons
        to the number of files in folders that are left out.
    """
    found, others = [], Counter()
    for word in words:
        path = Path(word)
        if path.is_dir():
            inside, more = media_in(path)
            if besides and path.resolve() in besides.resolve().parents:
                drawn = besides.resolve()
                inside = [x for x in inside if drawn not in x.resolve().parents]
            found += inside
            others.update(more)
        else:
            webcam = word.isdecimal() and not path.exists()
            found.append(int(word) if webcam else path)
    if not found:
        raise ValueError(f"there is no photo or video in {', '.join(words)}")
    return list(dict.fromkeys(found)), others


def pictures_in(sources, every):
    """How many pictures there are; None where a source does not tell."""
    count = 0
    for source in sources:
        frames = 1
        if is_moving(source):
            try:
                frames, _ = extent(source, every)
            except (OSError, ValueError):
                pass  # What is wrong is told where it is read.
        if frames is None:
            return None
        count += frames
    return count


def line_of(prediction, names, labels):
    """A prediction in a line.

    Args:
        prediction: `Prediction`.
        names: letters that sources' names are padded to.
        labels: letters that classes' names are padded to.
    """
    line = Text(f"{prediction.source!s:<{names}}  ")
    if prediction.seconds is not None:
        line.append(f"{prediction.seconds:8.2f} s  ")
    if prediction.error:
        return line.append(f"not read: {prediction.error}", "red")
    if not prediction.label:
        return line.append("no face", "dim")
    shares = prediction.probabilities
    first, *others = sorted(shares, key=shares.get, reverse=True)
    line.append(f"{first:<{labels}} {100 * shares[first]:3.0f} %", "bold")
    rest = ", ".join(f"{x} {100 * shares[x]:.0f} %" for x in others[:2])
    width, height = prediction.box[2:]
    return line.append(f"  {rest}; {width} x {height} px", "dim")


def write_csv(file, predictions, class_names):
    """Write a table with a row for each prediction, a column for each class."""
    text = io.StringIO(newline="")
    rows = csv.writer(text)
    head = ("file", "frame", "seconds", *BOX, "score", "label")
    rows.writerow([*head, *class_names, "error"])
    for found in predictions:
        entry = rounded(found)
        shares = entry["probabilities"]
        rows.writerow(
            [found.source, found.frame, entry["seconds"]]
            + list(found.box or [None] * len(BOX))
            + [entry["score"], found.label]
            + [shares.get(name) for name in class_names]
            + [found.error]
        )
    # A file's name may be of another encoding than the system's.
    file.write(text.getvalue().encode(errors="surrogateescape"))


def rounded(prediction):
    """A prediction as a dict, without digits that mean nothing."""
    entry = dataclasses.asdict(prediction)
    for name in ("seconds", "score"):
        if entry[name] is not None:
            entry[name] = round(entry[name], 3)
    shares = entry["probabilities"]
    entry["probabilities"] = {k: round(v, 4) for k, v in shares.items()}
    return entry


class Seen:
    """What was seen, in numbers.

    Attributes:
        rows: list of all predictions, where a table is asked for; else None,
            as a webcam may be watched for days.
        unread: list of the sources that could not be read.
    """

    def __init__(self, rows):
        self.rows, self.unread = rows, []
        self.pictures = self.faces = self.empty = 0

    def add(self, predictions):
        """Take those of one picture."""
        if self.rows is not None:
            self.rows += predictions
        errors = [str(found.source) for found in predictions if found.error]
        self.unread += errors
        self.pictures += not errors
        labels = sum(found.label is not None for found in predictions)
        self.faces += labels
        self.empty += not (errors or labels)


def summary(seen, others):
    """What was seen, in a line, and in another what could not be read.

    Args:
        seen: `Seen`.
        others: dict of reasons to the number of files that are left out.
    """
    counts = {
        "pictures" if seen.pictures > 1 else "picture": seen.pictures,
        "faces" if seen.faces > 1 else "face": seen.faces,
        "without a face": seen.empty,
        "not read": len(seen.unread),
    } | others
    line = ", ".join(f"{n} {words}" for words, n in counts.items() if n)
    return "\n".join([line, *named("not read: ", seen.unread, ", ")])


def named(what, names, between):
    """A line that names a few, in a list; empty where there are none."""
    more = f" and {len(names) - 5} more" if len(names) > 5 else ""
    return [f"{what}{between.join(names[:5])}{more}"] if names else []


class Lines(Console):
    """Where lines are printed, until nobody reads them."""

    def __init__(self, goes_on):
        super().__init__()
        self.goes_on = goes_on

    def on_broken_pipe(self):
        """Go on without lines where there is more to do than print."""
        if not self.goes_on:
            raise BrokenPipeError
        self.quiet = True
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def show(predictor, sources, album, screen, seen):
    """Print each prediction, and how far it is.

    Of what moves, a terminal gets a line where the label changes.

    Args:
        predictor: `Predictor`.
        sources: list of what it takes.
        album: `Album` for the annotated pictures; or None.
        screen: `rich.console.Console` of the progress.
        seen: `Seen`, which is given all predictions.

    Returns:
        Whether Ctrl-C ended it early.
    """
    watched = screen.is_terminal and sys.stdout.isatty()
    names = max(len(str(source)) for source in sources)
    labels = max(len(name) for name in predictor.class_names)
    columns = (
        BarColumn(20),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
        TextColumn("left"),
    )
    progress = Progress(
        *columns,
        console=screen,
        transient=True,
        disable=not screen.is_terminal,
        redirect_stdout=False,
        redirect_stderr=False,
    )
    goes_on = bool(album) or seen.rows is not None
    say = screen.print if watched else Lines(goes_on).print
    last = None
    with progress:
        total = pictures_in(sources, predictor.every)
        task = progress.add_task("", total=total)
        try:
            for predictions, pixels in predictor.stream(sources, bool(album)):
                for found in predictions:
                    now = found.source, found.label, found.error
                    if not watched or found.seconds is None or now != last:
                        line = line_of(found, min(names, 60), labels)
                        say(line, soft_wrap=True, highlight=False)
                    last = now
                seen.add(predictions)
                if album and pixels is not None:
                    album.add(predictions, pixels)
                progress.advance(task)
        except KeyboardInterrupt:
            return True
    return False


def predict(asked):
    """Predict of what the words name; leave with 1 where not all was read
    or drawn.

    Ctrl-C ends it, with what there is until then.

    Args:
        asked: parsed words, as of `arguments.commands`.
    """
    sources, others = sources_of(asked.paths, asked.annotate)
    album = asked.annotate and Album(asked.annotate, sources, asked.every)
    seen = Seen([] if asked.csv or asked.json else None)
    devices.configure()
    predictor = Predictor(asked.model, asked.cropped, asked.every)
    # What image libraries write to the standard error, we say ourselves.
    with open(os.dup(2), "w") as terminal, no_stderr():
        screen = Console(file=terminal, markup=False, highlight=False)
        with contextlib.ExitStack() as stack:
            # Opened first, so that no hours are lost to a wrong name.
            table = asked.csv and stack.enter_context(open_whole(asked.csv))
            listed = asked.json and stack.enter_context(open_whole(asked.json))
            with album or contextlib.nullcontext():
                stopped = show(predictor, sources, album, screen, seen)
            if table:
                write_csv(table, seen.rows, predictor.class_names)
            if listed:
                entries = [rounded(found) for found in seen.rows]
                listed.write(json.dumps(entries, indent=1).encode())
        failed = list(album.failed.values()) if album else []
        lines = [summary(seen, others), *named("not drawn: ", failed, "; ")]
        screen.print("\n".join(lines), soft_wrap=True)
    early = stopped and not any(isinstance(x, int) for x in sources)
    if early or failed or seen.unread:
        sys.exit(1)
