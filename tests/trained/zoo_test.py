"""The models that ship: whole, small, and as good as their records say."""

import functools
import os
import pathlib
import subprocess
import sys

import pytest

import ferkeras
from ferkeras.data import faces_of
from ferkeras.papers.descriptions import slug
from ferkeras.reports.cards import card
from ferkeras.trained import zoo
from ferkeras.training.build import build
from ferkeras.training.evaluate import probabilities
from reproductions import __main__, paper
from reproductions.commands.prepare import reader_of

SHIPPED = zoo.shipped()
each_model = pytest.mark.parametrize("model", SHIPPED.values(), ids=SHIPPED)
MOST = 4_000_000  # bytes that a model may add to the repository


@each_model
def test_a_model_opens_by_its_name_and_is_the_recorded_one(model):
    opened = ferkeras.load(model.name)
    assert opened.class_names == model.class_names
    assert opened.input_shape == model.input_shape
    assert opened.input.dtype == "uint8"
    assert opened.output_shape == (None, len(model.class_names))
    assert opened.count_params() == model.record["parameters"]
    assert not model.record["dataset"]["synthetic"]


@pytest.mark.any_backend
def test_models_open_where_nothing_else_was_imported():
    code = (
        "from ferkeras.trained import zoo; [zoo.load(x) for x in zoo.shipped()]"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=pathlib.Path(__file__).parents[2],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr


@each_model
@pytest.mark.any_backend
def test_a_model_is_small_and_its_card_is_what_the_record_says(model):
    assert model.file.stat().st_size < MOST
    text = model.card.read_text()
    assert text == card(model, paper(model.record["paper"]))
    assert f"{model.record['scores']['accuracy']:.1f} %" in text
    # And of the file, by `ferkeras evaluate`.
    found, test = model.evaluated, model.record["protocol"]["test"]
    assert f"{found['accuracy']:.1f} %" in text
    prints = (x["dataset"]["fingerprint"] for x in (found, model.record))
    assert len({each[test] for each in prints}) == 1
    assert len(found["commit"]) == 40
    for word in ("article 5(1)(f)", "1529100619832930", "184 words"):
        assert word in text


@functools.cache
def published(name, folder):
    """Images of a dataset's test split, from the publishers' files."""
    _, config, reader = reader_of(name)
    columns = reader.read(config, folder)["test"]
    return faces_of(columns["image"], columns)


@each_model
@pytest.mark.slow
@pytest.mark.any_backend
def test_a_model_scores_what_its_record_says(model):
    folder = pathlib.Path(os.environ.get("FERKERAS_MANUAL_DIR", ""))
    name = model.record["dataset"]["name"]
    _, _, reader = reader_of(name)
    if not (folder / reader.FILE).is_file():
        pytest.skip(
            f"set FERKERAS_MANUAL_DIR to the folder that holds {reader.FILE}"
        )
    faces = published(name, folder).resized(model.input_shape[1])
    opened = ferkeras.load(model.name)
    plain = opened.predict(faces.images, batch_size=256, verbose=0)
    accuracy = 100 * (plain.argmax(-1) == faces.labels).mean()
    assert accuracy == pytest.approx(model.evaluated["accuracy"], abs=0.06)
    (row,) = (
        row
        for row in paper(model.record["paper"]).rows
        if row.name == model.record["row"]
    )
    networks = build(row, len(model.class_names))
    networks.scoring.set_weights(opened.get_weights())
    recipe, seed = row.recipe, model.record["seed"]
    said = probabilities(networks, faces, recipe.views, seed, recipe.raw_scores)
    accuracy = 100 * (said.argmax(-1) == faces.labels).mean()
    # Weights in half precision change a few of thousands.
    assert accuracy == pytest.approx(
        model.record["scores"]["accuracy"], abs=0.15
    )


@pytest.mark.any_backend
def test_the_models_are_listed_with_their_cards(capsys):
    __main__.main(["models"])
    text = capsys.readouterr().out
    for model in SHIPPED.values():
        (line,) = (x for x in text.splitlines() if x.startswith(model.name))
        assert f"{model.evaluated['accuracy']:.1f} %" in line
        assert line.endswith("README.md")


@pytest.mark.any_backend
def test_where_there_is_none_it_says_so(tmp_path, capsys):
    __main__.main(["models", "--results", str(tmp_path)])
    assert f"no model in {tmp_path}" in capsys.readouterr().out


@pytest.mark.any_backend
def test_the_default_is_the_best_reference_that_ships():
    small, large = "reference/fer2013-small", "reference/fer2013-large"
    assert zoo.full_name("reference", {}) == "reference"
    assert zoo.full_name("reference", {small: None}) == small
    assert zoo.full_name("reference", {small: None, large: None}) == large
    assert zoo.full_name("chesley2021/i-lenet5", {small: None}) != small
    rows = {f"reference/{slug(row.name)}" for row in paper("reference").rows}
    assert {*zoo.REFERENCES} <= rows


@pytest.mark.any_backend
def test_the_package_offers_what_it_names():
    assert ferkeras.load is zoo.load
    with pytest.raises(AttributeError, match="no attribute 'lode'"):
        _ = ferkeras.lode
