"""The paper's chain from files of CK+'s layout to its report, and its sums."""

from dataclasses import replace

import keras
import numpy as np
import pytest

from ferkeras.build import build
from ferkeras.data import Datasets, Faces
from ferkeras.data.parts import part
from ferkeras.metrics import reconstruction_scores
from ferkeras.paper import units
from ferkeras.record import read_record
from ferkeras.weights.transfer import layers_with_weights
from reproductions import __main__, command_line
from reproductions.mohana2023 import (
    CK_PLUS,
    CSA,
    FROZEN_FIRST,
    PAPER,
    STAGE,
    TABLE1,
)
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
    """Drawn faces, cut out of the last four frames of each sequence."""
    folder = tmp_path_factory.mktemp("ck_plus")
    fake_files.write_original(folder / "manual", SEQUENCES, {})
    words = ["prepare", CK_PLUS, "--manual-dir", str(folder / "manual")]
    with pytest.warns(UserWarning, match="20 labelled sequences"):
        __main__.main([*words, "--data-dir", str(folder)])
    return folder


@pytest.mark.parametrize(
    "protocol,counts",
    [
        ("paper", {"train": 64, "test": 16}),
        ("clean", {"train": 56, "validation": 8, "test": 16}),
    ],
)
def test_each_protocol_divides_the_frames(data_dir, protocol, counts):
    datasets = Datasets(data_dir)
    (chosen,) = (p for p in TABLE1.protocols if p.name == protocol)
    parts = {
        split: datasets.faces(CK_PLUS, split, chosen.hold_outs, 48)
        for split in counts
    }
    assert {k: len(v.labels) for k, v in parts.items()} == counts
    assert parts["test"].images.shape == (16, 48, 48, 1)
    everything = np.concatenate([faces.rows for faces in parts.values()])
    assert len({*everything}) == 80
    people = [{*faces.subjects} for faces in parts.values()]
    if protocol == "clean":
        assert sum(map(len, people)) == len(set.union(*people)) == 10
    else:
        assert people[0] & people[1]


@pytest.fixture(scope="module")
def run(data_dir, tmp_path_factory):
    """One run of the classifier, its encoder frozen, and of what it needs."""
    results = tmp_path_factory.mktemp("results")
    frozen = replace(FROZEN_FIRST.phases[0], epochs=2)
    csa = replace(TABLE1.rows[0].recipe, phases=(frozen,))
    ae = STAGE.rows[0].recipe
    ae = replace(ae, phases=(replace(ae.phases[0], epochs=2),))
    tables = (
        replace(STAGE, rows=(replace(STAGE.rows[0], recipe=ae),)),
        replace(TABLE1, rows=(replace(TABLE1.rows[0], recipe=csa),)),
    )
    paper = replace(PAPER, tables=tables)
    words = ["--rows", CSA, "--split", "clean", "--runs", "1"]
    words += ["--data-dir", str(data_dir), "--results", str(results)]
    command_line.main(paper, words)
    return results, *units(paper, protocols=["clean"], runs=1)


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


def test_the_report_has_both_stages(run):
    results, *_ = run
    text = (results / "mohana2023.md").read_text()
    assert f"| CSA classifier | {CK_PLUS} | 98.00 | clean |" in text
    assert "| CSA classifier | clean | recall of fear | 90.00 |" in text
    assert "| Autoencoder | clean | PSNR as printed, dB | 70.06 |" in text
    assert "figure-6.png" in text
    assert "No pair of runs yet: CSA classifier over CSA, random" in text


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
    assert ROWS["Autoencoder"].reported == {"psnr_mixed": 70.06}


# papers.md, section 3.2.
@pytest.mark.parametrize(
    "name,classes,parameters",
    [
        ("Autoencoder", 7, 1758657),
        ("Autoencoder, 3 pools", 7, 1758657),
        ("Autoencoder, single convolutions", 7, 778241),
        ("CSA classifier", 7, 5895143),
        ("CSA, 8 classes", 8, 5895272),
        ("CSA, 3 pools", 7, 2356199),
        ("CSA, single convolutions", 7, 1570439),
        ("1 %: sparsity 1e-5", 7, 5895143),
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


FER2013 = (3995, 436, 4097, 7215, 4830, 3171, 4965)


@pytest.mark.parametrize(
    "percent,count,disgust", [(1, 287, 4), (5, 1435, 22), (10, 2870, 44)]
)
def test_few_labels_are_drawn_alike_for_all_rows(percent, count, disgust):
    def read(split):
        labels = np.repeat(np.arange(7), FER2013)
        rows = np.arange(len(labels) if split == "train" else 3589)
        return Faces(np.zeros((len(rows), 1), np.uint8), labels[rows], rows)

    (table,) = (t for t in PAPER.tables if t.name.endswith(f": {percent} %"))
    (protocol,) = table.protocols
    first, second = (
        part(read, protocol.train, protocol.hold_outs, run) for run in (0, 1)
    )
    chooses = part(read, protocol.select, protocol.hold_outs)
    assert len(chooses.labels) == 359
    assert len(first.labels) == count
    assert abs(sum(first.labels == 1) - disgust) <= 1
    assert {*first.rows} != {*second.rows}
    # All else is the same, too.
    kinds = [
        {k: v for k, v in row.describe().items() if k != "start_from"}
        for row in table.rows
    ]
    assert all(other == kinds[0] for other in kinds)
    assert len(kinds) == 4


def test_one_autoencoder_of_each_sparsity_serves_every_run():
    for share in ("1 %", "100 %"):
        found = units(PAPER, [f"{share}: sparsity 1e-4"])
        stages = [stage for unit in found for stage in unit.stages]
        assert len(stages) == 3
        assert {str(x) for x in stages} == {
            "FER2013, sparsity 1e-4, clean, seed 0"
        }
        network = {"sparsity": 1e-4, "momentum": 0.9}
        assert stages[0].row.model.keywords == network
