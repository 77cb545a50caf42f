"""Where an optimizer averages the weights, the averages are what counts."""

from dataclasses import replace
from functools import partial

import keras
import numpy as np
import pytest

from ferkeras.papers import Phase
from ferkeras.training.fit import assign
from ferkeras.training.schedules import averaging
from tests import tiny

pytestmark = pytest.mark.any_backend


def averaged(share):
    """A row whose optimizer averages over a share of its steps."""
    phase = Phase(
        partial(keras.optimizers.SGD, 0.05, momentum=0.9, use_ema=True),
        3,
        {"ema_momentum": partial(averaging, share=share)},
    )
    return replace(tiny.ROW, recipe=replace(tiny.RECIPE, phases=(phase,)))


def test_the_averages_choose_the_epoch_and_are_kept(tmp_path):
    networks, (run,) = tiny.train(tmp_path, row=averaged(0.5))
    (folder,) = run.folders
    scores = {}
    for kind in ("averaged", "model"):
        assign(networks.training.variables, run.state[kind])
        said = tiny.predict(networks.scoring, tiny.faces("validation").images)
        right = tiny.faces("validation").labels
        scores[kind] = -np.log(said[np.arange(len(right)), right]).mean()
    assert scores["averaged"] == pytest.approx(
        folder.history[-1]["val_loss"], rel=1e-4
    )
    # The weights that are trained on have another score.
    assert scores["model"] != pytest.approx(scores["averaged"], rel=1e-2)
    assert folder.best_epoch == 3
    for one, other in zip(folder.best, run.state["averaged"], strict=True):
        np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize("chosen_on", ["x", "y"])
def test_every_set_that_chooses_is_scored_with_the_averages(
    tmp_path, chosen_on
):
    faces = tiny.faces("validation")
    networks, (run,) = tiny.train(
        tmp_path,
        row=averaged(0.5),
        faces_at=lambda size: (tiny.faces("train"), {"x": faces, "y": faces}),
        chosen_on=chosen_on,
    )
    (folder,) = run.folders
    assign(networks.training.variables, run.state["averaged"])
    said = tiny.predict(networks.scoring, faces.images)
    loss = -np.log(said[np.arange(len(said)), faces.labels]).mean()
    assert folder.history[-1]["val_loss"] == pytest.approx(loss, rel=1e-4)


def test_a_run_that_was_stopped_goes_on_with_its_averages(tmp_path):
    row = averaged(0.5)
    _, (whole,) = tiny.train(tmp_path / "whole", row=row)
    (phase,) = row.recipe.phases
    # Not shorter, which would change the share: stopped after an epoch.
    stop = keras.callbacks.LambdaCallback(on_epoch_end=interrupt)
    with pytest.raises(KeyboardInterrupt):
        tiny.train(tmp_path / "parts", row=row, callbacks=[stop])
    _, (parts,) = tiny.train(tmp_path / "parts", row=row)
    for one, other in zip(
        whole.state["averaged"], parts.state["averaged"], strict=True
    ):
        np.testing.assert_array_equal(one, other)


def interrupt(epoch, logs):
    raise KeyboardInterrupt
