"""Rows that start from other rows, which a queue runs first."""

import shutil
from dataclasses import replace
from functools import partial

import keras
import numpy as np
import pytest
from keras import layers

from ferkeras.papers import Paper, Phase, Start, Table, Unit
from ferkeras.runs.pending import pending
from ferkeras.runs.record import is_complete, read_record
from ferkeras.runs.reproduce import reproduce
from ferkeras.runs.work_queue import work_through
from tests import tiny


def network(input_shape, num_classes):
    """Layers with names."""
    inputs = keras.Input(input_shape)
    x = layers.Conv2D(4, 3, strides=2, activation="relu", name="body")(inputs)
    x = layers.Flatten()(x)
    return keras.Model(inputs, layers.Dense(num_classes, name="head")(x))


class Interrupt(keras.callbacks.Callback):
    """Ctrl-C, after the first epoch."""

    def on_epoch_end(self, epoch, logs=None):
        raise KeyboardInterrupt


def at_rate(rate):
    phase = Phase(partial(keras.optimizers.SGD, rate), 1)
    return replace(tiny.RECIPE, phases=(phase,))


STAGE = replace(tiny.ROW, name="Stage", model=network, recipe=at_rate(0.1))
# It stays as it starts.
NEXT = replace(
    STAGE, name="Next", recipe=at_rate(0.0), start_from=(Start("Stage"),)
)
BODY = replace(
    NEXT, name="Body", start_from=(Start("Stage", {"body": "body"}),)
)
PAPER_S, CLEAN = tiny.PROTOCOLS
TRIAL = replace(CLEAN, name="trial")
PAPER = Paper(
    "tiny1999",
    "Tiny",
    "",
    (
        Table("1", 3, (PAPER_S, CLEAN), (NEXT,)),
        Table("2", 1, (TRIAL,), (BODY,)),
        Table("3", 2, (PAPER_S, CLEAN), (STAGE,)),
    ),
)


def unit_of(row, protocol=CLEAN, seed=0):
    (table,) = (table for table in PAPER.tables if row in table.rows)
    return Unit(PAPER, table, row, protocol, seed)


@pytest.mark.parametrize("protocol", [PAPER_S, CLEAN])
@pytest.mark.parametrize("seed,its", [(0, 0), (1, 1), (2, 0)])
def test_a_stage_has_the_protocol_and_seeds_that_its_table_has(
    protocol, seed, its
):
    (stage,) = unit_of(NEXT, protocol, seed).stages
    assert stage == unit_of(STAGE, protocol, its)


def test_a_stage_without_the_protocol_has_the_first_of_its_own():
    assert unit_of(BODY, TRIAL).stages == [unit_of(STAGE, PAPER_S)]


def test_published_files_are_no_stages():
    row = replace(NEXT, start_from=(Start("VGG16-BN, ImageNet"),))
    assert replace(unit_of(NEXT), row=row).stages == []


def model_of(results, unit):
    path = results / "work" / unit.folder / f"seed{unit.seed}" / "model.keras"
    return keras.saving.load_model(path)


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """What a queue made of two units, and its order."""
    results = tmp_path_factory.mktemp("results")
    units = [unit_of(NEXT), unit_of(BODY, TRIAL)]
    queue = pending(units, results, tiny.Noise())
    assert work_through(queue, results, tiny.Noise(), "c") == 0
    return results, queue


@pytest.mark.any_backend
def test_a_queue_runs_stages_first_though_nobody_asked_for_them(run):
    results, queue = run
    assert queue == [
        unit_of(STAGE),
        unit_of(NEXT),
        unit_of(STAGE, PAPER_S),
        unit_of(BODY, TRIAL),
    ]
    assert all(is_complete(read_record(results, unit)) for unit in queue)


def test_a_row_starts_where_its_stage_ended(run):
    results, _ = run
    images = tiny.faces("test").images
    stage, following = (
        model_of(results, unit_of(row)).predict(images, verbose=0)
        for row in (STAGE, NEXT)
    )
    np.testing.assert_allclose(following, stage, atol=1e-6)
    entry = read_record(results, unit_of(NEXT))
    assert entry["started_from"] == [
        {
            "row": "Stage, clean, seed 0",
            "digest": unit_of(STAGE).digest,
            "layers": {"body": "body", "head": "head"},
        }
    ]
    assert "started_from" not in read_record(results, unit_of(STAGE))


def test_a_row_may_take_some_of_the_layers(run):
    results, _ = run
    stage, other = (
        model_of(results, unit)
        for unit in (unit_of(STAGE, PAPER_S), unit_of(BODY, TRIAL))
    )

    def kernel(model, layer):
        (found,) = (w for w in model.weights if w.path == f"{layer}/kernel")
        return keras.ops.convert_to_numpy(found)

    assert (kernel(stage, "body") == kernel(other, "body")).all()
    assert (kernel(stage, "head") != kernel(other, "head")).any()


@pytest.mark.any_backend
def test_a_stage_is_run_again_where_its_weights_are_lost(run, tmp_path):
    results, queue = run
    shutil.copytree(results, tmp_path, dirs_exist_ok=True)
    stage, unit = unit_of(STAGE), unit_of(NEXT)
    record = tmp_path / f"{unit.folder}/seed0.json"
    record.unlink()
    assert pending([unit], tmp_path, tiny.Noise()) == [unit]
    (tmp_path / f"work/{stage.folder}/seed0/model.keras").unlink()
    left = pending([unit], tmp_path, tiny.Noise())
    assert left == [stage, unit]
    # Cut short, it takes nothing from what is recorded.
    recorded = read_record(tmp_path, stage)
    stop = [Interrupt()]
    with pytest.raises(KeyboardInterrupt):
        reproduce(stage, tmp_path, tiny.Noise(), "c", callbacks=stop)
    assert read_record(tmp_path, stage) == recorded
    assert work_through(left, tmp_path, tiny.Noise(), "c") == 0
    assert record.exists()


def test_a_record_from_another_recipe_of_its_stage_counts_as_none(run):
    results, _ = run
    unit = unit_of(NEXT)
    table = replace(unit.table, rows=(replace(STAGE, image_size=8), NEXT))
    paper = replace(unit.paper, tables=(table,))
    changed = replace(unit, paper=paper, table=table)
    assert changed.digest == unit.digest
    assert read_record(results, unit) and not read_record(results, changed)


def test_a_unit_whose_stage_is_not_there_waits(tmp_path, capsys):
    unit = unit_of(NEXT)
    assert work_through([unit], tmp_path, tiny.Noise(), "c") == 1
    assert f"{unit}: waits for what it needs" in capsys.readouterr().err


def test_a_source_that_is_neither_row_nor_file_is_refused(tmp_path):
    row = replace(NEXT, start_from=(Start("Stag"),))
    unit = replace(unit_of(NEXT), row=row)
    with pytest.raises(ValueError, match="ImageNet.*Received: 'Stag'"):
        reproduce(unit, tmp_path, tiny.Noise(), "c")
