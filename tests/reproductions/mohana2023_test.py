"""The paper's chain from files of CK+'s layout to its report, and its sums."""

import contextlib
import io
from dataclasses import replace

import keras
import numpy as np
import pytest

from ferkeras.data import Datasets
from ferkeras.papers.paper import units
from ferkeras.runs.record import read_record
from ferkeras.scoring.metrics import MIXED, reconstruction_scores
from ferkeras.training.build import build
from ferkeras.weights.transfer import layers_with_weights
from reproductions import __main__
from reproductions.commands import run_papers
from reproductions.mohana2023 import COPY, COPY_STAGE, CSA, PAPER, STAGE, TABLE1
from reproductions.mohana2023_recipes import CK48, CK_PLUS, FROZEN_FIRST
from tfds_builders.ck_plus import fake_files, reader

ROWS = {row.name: row for row in PAPER.rows}
EMOTIONS = reader.CLASS_NAMES["mohana2023"]
# Two sequences of each of ten people.
SEQUENCES = {
    (f"S{100 + number // 2}", f"00{1 + number % 2}"): (
        EMOTIONS[number % 7],
        (1, 2, 3, 4, 5),
    )
    for number in range(20)
}


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory):
    """Drawn faces: of four frames a sequence, cut out; of three, as CK+48."""
    folder = tmp_path_factory.mktemp("ck_plus")
    fake_files.write_original(folder / "manual", SEQUENCES, {})
    fake_files.write_mirror(folder / "manual", SEQUENCES)
    for dataset in (CK_PLUS, CK48):
        words = ["prepare", dataset, "--manual-dir", str(folder / "manual")]
        with contextlib.redirect_stderr(io.StringIO()) as said:
            __main__.main([*words, "--data-dir", str(folder)])
        assert "20 labelled sequences" in said.getvalue()
    return folder


@pytest.mark.parametrize(
    "table,protocol,counts",
    [
        (TABLE1, "paper", {"train": 64, "test": 16}),
        (TABLE1, "clean", {"train": 56, "validation": 8, "test": 16}),
        (COPY, "paper", {"train": 48, "test": 12}),
        (COPY, "clean", {"train": 42, "validation": 6, "test": 12}),
    ],
)
def test_each_protocol_divides_the_frames(data_dir, table, protocol, counts):
    datasets = Datasets(data_dir)
    (chosen,) = (p for p in table.protocols if p.name == protocol)
    parts = {
        split: datasets.faces(
            table.rows[0].dataset, split, chosen.hold_outs, 48
        )
        for split in counts
    }
    assert {k: len(v.labels) for k, v in parts.items()} == counts
    assert parts["test"].images.shape == (counts["test"], 48, 48, 1)
    everything = np.concatenate([faces.rows for faces in parts.values()])
    assert len({*everything}) == sum(counts.values())
    people = [{*faces.subjects} for faces in parts.values()]
    if protocol == "clean":
        assert sum(map(len, people)) == len(set.union(*people)) == 10
    else:
        assert people[0] & people[1]


def run_both(stage, table, data_dir, results):
    """One run of a classifier, its encoder frozen, and of what it needs."""
    frozen = replace(FROZEN_FIRST.phases[0], epochs=2)
    csa = replace(table.rows[0].recipe, phases=(frozen,))
    ae = stage.rows[0].recipe
    ae = replace(ae, phases=(replace(ae.phases[0], epochs=2),))
    tables = (
        replace(stage, rows=(replace(stage.rows[0], recipe=ae),)),
        replace(table, rows=(replace(table.rows[0], recipe=csa),)),
    )
    paper = replace(PAPER, tables=tables)
    words = ["--rows", table.rows[0].name, "--split", "clean", "--runs", "1"]
    words += ["--data-dir", str(data_dir), "--results", str(results)]
    run_papers.main(paper, words)
    return results, *units(paper, protocols=["clean"], runs=1)


@pytest.fixture(scope="module")
def run(data_dir, tmp_path_factory):
    results = tmp_path_factory.mktemp("results")
    return run_both(STAGE, TABLE1, data_dir, results)


@pytest.mark.slow
def test_rows_run_on_the_copy_ck48(data_dir, tmp_path):
    results, ae, csa = run_both(COPY_STAGE, COPY, data_dir, tmp_path)
    assert read_record(results, ae)["dataset"]["name"] == CK48
    entry = read_record(results, csa)
    assert entry["dataset"]["name"] == CK48
    assert entry["dataset"]["images"] == {
        "train": 42,
        "validation": 6,
        "test": 12,
    }
    assert (
        entry["started_from"][0]["row"] == "Autoencoder, CK+48, clean, seed 0"
    )
    text = (results / "mohana2023.md").read_text()
    assert (
        "the last three frames of a sequence where the paper has four" in text
    )
    assert f"| CSA, CK+48 | {CK48} | clean |" in text


@pytest.mark.slow
def test_the_classifier_has_the_encoder_of_the_autoencoder(run):
    results, *both = run
    reconstructed, classified = (
        layers_with_weights(
            keras.saving.load_model(
                results / "work" / unit.folder / "seed0" / "model.keras"
            )
        )
        for unit in both
    )
    shared = {*reconstructed} & {*classified}
    assert len(shared) == 16
    assert all(name.startswith("encoder") for name in shared)
    for name in shared:
        for a, b in zip(
            reconstructed[name].weights, classified[name].weights, strict=True
        ):
            np.testing.assert_array_equal(a, b)
    entry = read_record(results, both[1])
    (start,) = entry["started_from"]
    assert start["row"] == "Autoencoder, clean, seed 0"
    assert {*start["layers"]} == shared
    assert entry["dataset"]["images"] == {
        "train": 56,
        "validation": 8,
        "test": 16,
    }


@pytest.mark.slow
def test_the_report_has_both_stages(run):
    results, *_ = run
    text = (results / "mohana2023.md").read_text()
    assert f"| CSA classifier | {CK_PLUS} | clean |" in text
    assert "| CSA classifier | clean | recall of fear | 90.00 |" in text
    assert "| Autoencoder | clean | PSNR as printed, dB | 70.06 |" in text
    assert "figure-6.png" in text
    assert "No pair of runs yet: CSA classifier over CSA, random" in text


@pytest.mark.slow
def test_pictures_of_faces_stay_out_of_what_is_committed(run):
    results, ae, csa = run
    for unit, name in ((ae, "reconstructions"), (csa, "grad_cam")):
        (picture,) = results.rglob(f"{name}*")
        folder = results / "work" / unit.folder / "seed0"
        assert picture == folder / f"{name}.png"


# papers.md, section 3.1, Table 1, column CSA.
COLUMN = """
    anger 96.00
    contempt 100
    disgust 100
    fear 90.00
    happy 100
    sadness 100
    surprise 98.00
"""


def test_table_1_is_the_papers_and_its_mean_is_not():
    printed = dict(line.split() for line in COLUMN.strip().splitlines())
    printed = {name: float(value) for name, value in printed.items()}
    reported = ROWS[CSA].reported
    assert reported["classes"] == printed
    assert tuple(printed) == EMOTIONS
    assert round(np.mean([*printed.values()]), 2) == 97.71
    assert reported["mean_recall"] == 98
    words = " ".join(ROWS[CSA].recipe.assumed)
    assert "97.71, printed 98.00" in words
    scores = ("accuracy", "macro_precision", "macro_f1")
    assert [reported[name] for name in scores] == [98, 96, 97]
    assert reported["least_selection_loss"] == 0.0726


def test_figure_6_is_what_the_text_says_of_it():
    (figure,) = (f for f in PAPER.figures if f.name == "Figure 6")
    assert figure.classes == EMOTIONS
    matrix = np.array(figure.reported)
    assert (matrix.sum(1) == 100).all()
    recalls = dict(zip(EMOTIONS, matrix.diagonal(), strict=True))
    assert recalls == ROWS[CSA].reported["classes"]
    # papers.md, section 3.1: the only errors.
    wrong = {
        (EMOTIONS[k], EMOTIONS[j]): matrix[k, j]
        for k, j in np.argwhere(matrix)
        if k != j
    }
    assert wrong == {
        ("anger", "contempt"): 4,
        ("fear", "contempt"): 10,
        ("surprise", "contempt"): 2,
    }


def test_the_paper_scored_other_frames_of_the_same_1308():
    paper, clean = TABLE1.protocols
    assert paper.papers and not clean.papers and clean.others is None
    assert sum(reader.CONFIGS["mohana2023"].images) == paper.others.pool == 1308
    (held,) = paper.hold_outs
    assert paper.others.images == np.ceil(held.share * paper.others.pool)


# papers.md, section 3.4: both printed losses, and what 70.06 dB would be of.
@pytest.mark.parametrize(
    "error,psnr,mixed",
    [(0.0228, 16.42, 64.55), (0.0428, 13.69, 61.82), (0.006413, 21.93, 70.06)],
)
def test_the_printed_psnr_has_a_peak_of_255_over_values_to_1(
    error, psnr, mixed
):
    images = np.zeros((2, 4, 4, 1), np.uint8)
    found = np.full(images.shape, np.sqrt(error))
    scores = reconstruction_scores(images, found)
    assert scores["mse"] == pytest.approx(error)
    assert scores["psnr"] == pytest.approx(psnr, abs=0.006)
    assert scores["psnr_mixed"] == pytest.approx(mixed, abs=0.006)
    words = " ".join(ROWS["Autoencoder"].recipe.assumed)
    assert f"{psnr}" in words and "48.13 dB" in words
    assert ROWS["Autoencoder"].reported == {
        "psnr": 21.93,
        "psnr_mixed": 70.06,
        "training_loss": 0.0228,
        "selection_loss": 0.0428,
    }
    assert 70.06 - MIXED == pytest.approx(21.93, abs=0.005)


# papers.md, section 3.2.
@pytest.mark.any_backend
@pytest.mark.parametrize(
    "name,classes,parameters",
    [
        ("Autoencoder", 7, 1758657),
        ("Autoencoder, 3 pools", 7, 1758657),
        ("Autoencoder, single convolutions", 7, 778241),
        ("CSA classifier", 7, 5895143),
        ("CSA, 8 classes", 8, 5895272),
        ("CSA, CK+48", 7, 5895143),
        ("CSA, 3 pools", 7, 2356199),
        ("CSA, single convolutions", 7, 1570439),
        ("1 %: sparsity 1e-5", 7, 5895143),
        ("1 %: 10 epochs, sparsity 1e-5", 7, 5895143),
    ],
)
def test_each_row_has_the_networks_parameters(name, classes, parameters):
    network = build(ROWS[name], classes).classifier
    assert network.count_params() == parameters


def test_a_classifier_starts_from_the_same_encoder_on_the_same_images():
    for row in PAPER.rows:
        for start in row.start_from:
            source = ROWS[start.source]
            assert source.dataset == row.dataset
            # What the weights' shapes and places depend on.
            shapes = [
                {k: r.model.keywords.get(k) for k in ("pools", "convolutions")}
                for r in (row, source)
            ]
            assert shapes[0] == shapes[1]


def test_pictures_sentences_and_claims_are_about_rows_of_the_paper():
    about = {name for figure in PAPER.figures for name in figure.rows}
    about |= {statement.row for statement in PAPER.statements}
    for claim in PAPER.comparisons:
        about |= {claim.row, claim.than}
        assert units(PAPER, [claim.row])[0].table.runs == 3
    assert about <= {*ROWS}
