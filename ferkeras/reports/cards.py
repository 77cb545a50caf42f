"""Model cards: what somebody should know who uses a model that ships."""

from pathlib import Path

import numpy as np

from ferkeras.dataset_sources import access_to
from ferkeras.files import write_whole
from ferkeras.papers.paper import units
from ferkeras.reports import chart
from ferkeras.reports.accuracy import accuracy_of, accuracy_of_run
from ferkeras.reports.tables import table
from ferkeras.runs.record import is_complete, read_json
from ferkeras.runs.score_files import read_confusion
from ferkeras.trained.zoo import shipped

# From a row's folder to that of the results.
UP = "../../../"
# Percent of a class's images: who looks for it should know.
WEAK = 33
UNKNOWN = "The images are somebody's own; who is in them, they know."


def runs_of(folder):
    """Accuracies of a row's runs in words."""
    records = map(read_json, folder.glob("seed*.json"))
    values = [x["scores"]["accuracy"] for x in records if is_complete(x)]
    if len(values) == 1:
        return "this one alone"
    mean, spread = np.mean(values), np.std(values, ddof=1)
    return f"{mean:.1f} ± {spread:.1f} %, {len(values)} runs"


def matrix_of(model):
    """A model's confusion matrix, with recall and precision, as Markdown."""
    names, classes = model.class_names, model.record["scores"]["classes"]
    matrix = read_confusion(model.file.with_suffix(".confusion.csv"))
    rows = [
        [f"**{name}**", *map(str, counts), f"{classes[name]['recall']:.0f}"]
        for name, counts in zip(names, matrix.tolist(), strict=True)
    ]
    precision = [f"{classes[name]['precision']:.0f}" for name in names]
    rows.append(["precision", *precision, ""])
    return table(["", *names, "recall"], rows)


def weak_at(model):
    """Classes of which a model finds few images, in words; may be empty."""
    classes = model.record["scores"]["classes"]
    return ", ".join(
        f"{name} ({found['recall']:.0f} %)"
        for name, found in classes.items()
        if found["images"] and found["recall"] < WEAK
    )


def card(model, paper):
    """The text of a model's card.

    Args:
        model: `Shipped`.
        paper: the `Paper` of its row.

    Returns:
        Markdown; a function of the record, the model's file and the paper's.
    """
    record = model.record
    unseen = record["scores"].get("unseen")
    dataset, parts = record["dataset"], record["protocol"]
    access = access_to(dataset["name"])
    images = {
        use: f"{dataset['images'][part]:,} images of *{part}*"
        for use, part in (
            ("train", parts["train"]),
            ("select", parts["checkpoint_chosen_on"]),
            ("test", parts["test"]),
        )
    }
    found = units(paper, [record["row"]], [parts["name"]])
    _, size, _, colours = model.input_shape
    return chart.ENVIRONMENT.get_template("card.md").render(
        model=model,
        record=record,
        unseen=unseen,
        again=unseen and dataset["images"][parts["test"]] - unseen["images"],
        paper=paper,
        note=found[0].protocol.note,
        up=UP,
        accuracy=accuracy_of(model),
        of_run=accuracy_of_run(record),
        runs=runs_of(model.file.parent),
        images=images,
        size=size,
        colours=colours,
        data=access.name if access else dataset["name"],
        terms=access.terms if access else "those of whoever took the images",
        people=access.people if access else UNKNOWN,
        matrix=matrix_of(model),
        weak=weak_at(model),
        wrong=f"{100 - record['scores']['accuracy']:.0f} %",
    )


def write_cards(papers, results):
    """Write the card of each model that ships, and remove those of no more.

    Args:
        papers: list of `Paper`.
        results: folder of results.

    Returns:
        list of `pathlib.Path` of the cards.
    """
    by_key = {paper.key: paper for paper in papers}
    models = shipped(results).values()
    for model in models:
        write_whole(model.card, card(model, by_key[model.record["paper"]]))
    cards = [model.card for model in models]
    for path in Path(results).glob("*/clean/*/README.md"):
        if path not in cards:
            path.unlink()
    return cards
