"""The commands that open a trained model: export one, evaluate one."""

import json
from pathlib import Path

from ferkeras.data import Datasets, face_size
from ferkeras.files import write_whole
from ferkeras.limits import SCORING_BATCH
from ferkeras.reports.accuracy import in_words
from ferkeras.runs.provenance import commit, now
from ferkeras.trained import zoo
from ferkeras.trained.cross_dataset import (
    images_for,
    made_with,
    refuse_seen,
    scores,
)
from ferkeras.trained.formats import COUNT, FORMATS, convert
from reproductions.commands.model_list import print_table


def export_model(asked):
    """Write a model as a file of another format."""
    model = zoo.load(asked.model, asked.results)
    name = Path(asked.model).with_suffix("").as_posix()
    name = name.strip("./").replace("/", "-")
    path = asked.path or Path(f"{name}{FORMATS[asked.to].suffix}")
    difference = convert(model, asked.to, path)
    print(
        f"{path}: on {COUNT} images, its probabilities differ from the "
        f"model's by {difference:.1g} at most."
    )
    shape = ", ".join(map(str, model.input_shape[1:]))
    print(f"Takes uint8 (batch, {shape}), pixels 0 to 255.")
    print(f"Gives {', '.join(model.class_names)}.")


def evaluate_model(asked):
    """Score a model on a prepared dataset, its classes by name."""
    model = zoo.load(asked.model, asked.results)
    datasets = Datasets(asked.data_dir)
    source = datasets.source(asked.dataset)
    split = asked.split or default_split(source)
    record = zoo.record_of(asked.model, asked.results)
    if record:
        refuse_seen(record, asked.dataset, split)
    else:
        print(
            "What the model was trained on is not known: of images that it "
            "has seen, the numbers would be too high."
        )
    faces = images_for(model, datasets, asked.dataset, split)
    found = scores(
        faces.labels,
        model.predict(faces.images, batch_size=SCORING_BATCH, verbose=0),
        source.class_names,
        model.class_names,
        record and made_with(record, datasets, asked.dataset, split),
    )
    print_scores(found, f"{asked.model} on {asked.dataset}, {split}")
    if whole_photographs(datasets, asked.dataset, split):
        print(
            "The pictures are taken whole. For the faces alone, prepare "
            f"{asked.dataset}/faces{model.input_shape[1]} and name that."
        )
    if asked.json:
        entry = {
            "model": asked.model,
            "model_sha256": zoo.digest(asked.model, asked.results),
            "dataset": datasets.card(asked.dataset, [split], ()),
            "split": split,
            "commit": commit(),
            "evaluated": now(),
        }
        write_whole(asked.json, json.dumps(entry | found, indent=1) + "\n")
        print(asked.json)


def default_split(source):
    """The part that is there to score on; all parts where none is."""
    return "test" if "test" in source.splits else "+".join(source.splits)


def whole_photographs(datasets, dataset, split):
    """Whether images are files without a box around the face."""
    images = datasets.original(dataset, split)
    if not images.encoded or face_size(dataset):
        return False
    _, box = next(iter(images.images.read()))
    return box is None


def print_scores(found, title):
    """Print what `ferkeras.trained.cross_dataset.scores` found."""
    print(
        f"{title}: {found['images']:,} images\n"
        f"accuracy {in_words(found['accuracy'], found['interval'])}, "
        f"macro-F1 {found['macro_f1']:.1f} %"
    )
    if found["left_out"]:
        classes = (f"{k} ({n:,})" for k, n in found["left_out"].items())
        print(
            "Left out, images of classes that the model does not have: "
            f"{', '.join(classes)}."
        )
    if found["never_shown"]:
        print(
            "Classes of the model that no image shows, so that they count as "
            f"wrong: {', '.join(found['never_shown'])}. Among the others "
            f"alone, accuracy is {found['accuracy_among_shared']:.1f} %."
        )
    others = found.get("unseen", found)
    if 0 < others["images"] < found["images"]:
        print(
            f"{found['images'] - others['images']:,} of the images are among "
            "those that the model was made with, pixel for pixel. On the "
            f"others, accuracy is {others['accuracy']:.1f} %."
        )
    print()
    names = list(next(iter(found["confusion"].values())))
    print_table(
        [("true \\ predicted", *names, "recall")]
        + [
            (
                name,
                *map(str, row.values()),
                f"{found['classes'][name]['recall']:.0f} %",
            )
            for name, row in found["confusion"].items()
        ],
    )
