"""What a dataset's files hold, read by its reader or built with TFDS."""

import contextlib
import filecmp
import importlib
import json
import os
import tempfile
import warnings
from pathlib import Path

from ferkeras import folders
from ferkeras.data import Source, faces_of, files_on_disk
from ferkeras.data.prepared import NOTES
from ferkeras.files import room_for, write_whole
from tfds_builders.image_files import Note

# Bytes of examples that TFDS, which takes 1 GB, keeps in memory to sort them.
BUFFER = 2**27


def silenced():
    """Whether the user's filters of warnings leave notes out."""
    actions = (
        action
        for action, message, category, module, line in warnings.filters
        if issubclass(Note, category) and not (message or module or line)
    )
    return next(actions, "default") == "ignore"


@contextlib.contextmanager
def told():
    """Collect what readers tell of files, as `Source.notes`.

    It is shown too, unless the user's filters say otherwise.

    Yields: the dict, which is filled meanwhile.
    """
    notes = {}
    quiet = silenced()
    with warnings.catch_warnings():
        warnings.simplefilter("always", Note)
        show = warnings.showwarning

        def keep(message, *place, **more):
            for what, count in getattr(message, "counts", {}).items():
                notes[what] = notes.get(what, 0) + count
            if not (quiet and isinstance(message, Note)):
                show(message, *place, **more)

        warnings.showwarning = keep
        yield notes


def bytes_of(manual_dir, reader, config):
    """How many bytes a dataset takes at most: those of its files, or pixels."""
    files = folders.walk(Path(manual_dir)).found
    if files:
        return sum(path.stat().st_size for path in files)
    splits = reader.read(config, manual_dir).values()
    return sum(x["image"].nbytes for x in splits)


def read_without_tensorflow(dataset, config, reader, manual_dir):
    """Read a dataset's files with its reader alone.

    Args:
        dataset: name to call it, with its config.
        config: name of the config, or None.
        reader: the dataset's reader module.
        manual_dir: folder of the publisher's files.

    Returns:
        `Source`, with what was told of the files as its notes.

    Raises:
        ValueError: for a malformed file.
        FileNotFoundError: where a file is missing.
    """
    with told() as notes:
        splits = reader.read(config, manual_dir)
    names = reader.CLASS_NAMES
    if isinstance(names, dict):
        names = names[config]
    return Source(
        dataset,
        reader.VERSION,
        names,
        tuple(splits),
        lambda split: faces_in(splits[split]),
        notes=notes or None,
    )


def faces_in(columns):
    """`Faces` of a split, from the columns that a reader gives."""
    images = columns["image"]
    if isinstance(images, list):
        images = files_on_disk(images, columns.get("box"))
    return faces_of(images, columns)


def build_with_tfds(name, config, reader, data_dir, manual_dir, again):
    """Build a dataset with its TFDS builder, and note what was told of files.

    One that is there already is replaced once the new one is whole, and stays
    where that is the same, as others may be reading it.

    Args:
        name: of the dataset and its builder, without the config.
        config: name of the config, or None.
        reader: the dataset's reader module.
        data_dir: folder of prepared datasets.
        manual_dir: folder of the publisher's files.
        again: whether to read the files where the dataset is there already.

    Returns:
        Whether what is there is new.

    Raises:
        ValueError: for a malformed file.
        FileNotFoundError: where a file or the folder is missing.
        OSError: where the disk is full, with how much is needed.
    """
    import tensorflow_datasets as tfds
    from tensorflow_datasets.core import shuffle

    tfds.disable_progress_bar()
    shuffle.MAX_MEM_BUFFER_SIZE = BUFFER
    module = f"tfds_builders.{name}.{name}_dataset_builder"
    builder_of = importlib.import_module(module).Builder
    place = Path(builder_of(config=config, data_dir=data_dir).data_path)
    if place.exists() and not again:
        return False
    download = tfds.download.DownloadConfig(manual_dir=manual_dir)
    room = room_for(place, lambda: bytes_of(manual_dir, reader, config))
    # TFDS prints sizes that it does not know.
    quiet = contextlib.redirect_stdout(None)
    with room, new_folder(place) as folder:
        builder = builder_of(config=config, data_dir=folder)
        with tfds_errors(), told() as notes, quiet:
            builder.download_and_prepare(download_config=download)
        built = Path(builder.data_path)
        if notes:
            write_whole(built / NOTES, json.dumps(notes))
        if place.exists():
            if alike(built, place):
                return False
            os.replace(place, folder / "before")
        os.replace(built, place)
        return True


def alike(folder, other):
    """Whether two folders have the same files, but for what is derived."""
    names = {NOTES, *(path.name for path in folder.iterdir())}
    there = [x for x in names if (folder / x).exists() or (other / x).exists()]
    same, *_ = filecmp.cmpfiles(folder, other, there, shallow=False)
    return sorted(same) == sorted(there)


@contextlib.contextmanager
def new_folder(place):
    """A folder beside a place, to build in what goes there."""
    place.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(
        prefix="preparing-", dir=place.parent, ignore_cleanup_errors=True
    ) as folder:
        yield Path(folder)


@contextlib.contextmanager
def tfds_errors():
    """Raise what TFDS raises in the words of the command."""
    try:
        yield
    except AssertionError as error:
        # What TFDS raises where the folder is missing or empty.
        raise FileNotFoundError(
            f"{error} Name another folder with --manual-dir."
        ) from error
    except OSError as error:
        # Which TFDS begins with all that it was to write.
        *example, what = str(error).splitlines()
        if not example:
            raise
        raise OSError(
            f"{what}: it changed while the folder was read. Give the command "
            "again once nothing writes there."
        ) from error
