"""What a record says of a unit, part by part."""

import numpy as np

from ferkeras.papers.descriptions import dotted, settings
from ferkeras.runs import provenance


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
