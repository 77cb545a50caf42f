"""A paper with made-up records, whose numbers are known."""

import dataclasses

import numpy as np

from ferkeras.papers import Figure, Statement
from ferkeras.runs.record import path_of, write_record
from ferkeras.runs.score_files import write_confusion
from tests import tiny

TABLE = dataclasses.replace(tiny.TABLE, runs=3)
PAPER = dataclasses.replace(tiny.PAPER, tables=(TABLE,))


def entry_of(
    unit, accuracy, status="complete", synthetic=False, commonest=40.0
):
    card = tiny.Noise().card("noise", ["train", "validation", "test"])
    entry = {
        "digest": unit.digest,
        "seed": unit.seed,
        "status": status,
        "dataset": card
        | {"synthetic": synthetic, "commonest": {"train": commonest}},
        "epochs": {"done": 4, "planned": 6, "best": 3},
        "protocol": {"checkpoint_chosen_on": unit.protocol.select},
        "selection_accuracy": 61.25,
        "parameters": 1234,
        "seconds": 60,
        "images_per_second": 10,
        "sessions": [
            {"device": "Abacus", "backend": "jax", "commit": commit}
            for commit in ("0123456789abcdef", "fedcba9876543210+")
        ],
    }
    if status == "complete":
        entry["scores"] = {"accuracy": accuracy, "mean_recall": accuracy - 1}
    return entry


def write(results, accuracies, row=tiny.ROW, protocol="clean", **arguments):
    for seed, accuracy in enumerate(accuracies):
        unit = dataclasses.replace(
            tiny.unit(protocol, seed=seed), paper=PAPER, row=row
        )
        write_run(results, unit, entry_of(unit, accuracy, **arguments))


def write_run(results, unit, entry):
    """Write a run of four epochs, of which the third is the best."""
    write_record(results, unit, entry)
    path = path_of(results, unit, ".confusion.csv")
    write_confusion(path, np.eye(2, dtype=int), tiny.CLASSES)
    history = "accuracy,loss,val_accuracy,val_loss\n"
    history += ".4,1,.5,1\n.45,1,.55,1\n.5,1,.6,1\n.9,1,.4,1\n"
    path_of(results, unit, ".history.csv").write_text(history)


def words_of(matrix, class_names):
    """Stands in for a measure: what it was given."""
    return f"{matrix.tolist()} {class_names}", matrix[0, 1] > matrix[0, 0]


def with_pictures():
    row = dataclasses.replace(
        tiny.ROW, reported={"accuracy": 90.0, "training": 97.5}
    )
    other = dataclasses.replace(tiny.ROW, name="Other")
    table = dataclasses.replace(
        TABLE, rows=(row, other), note="Found out: nothing."
    )
    return dataclasses.replace(
        PAPER,
        tables=(table,),
        figures=(
            Figure("Figure 5", "curves", (row.name, "Other")),
            Figure("Figure 8", "confusion", (row.name,)),
            Figure("Figure 9", "confusion", ("Other",)),
        ),
        statements=(
            Statement("goes right", row.name, words_of),
            Statement("goes left", "Other", words_of),
        ),
    )
