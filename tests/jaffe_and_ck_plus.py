"""JAFFE and CK+ as published, of drawn faces."""

from ferkeras.data import Datasets
from reproductions import __main__
from tfds_builders.ck_plus import fake_files as ck_plus_files
from tfds_builders.ck_plus import reader as ck_plus
from tfds_builders.jaffe import fake_files as jaffe_files
from tfds_builders.jaffe import reader as jaffe

PEOPLE, SEQUENCES = 24, 3


def prepare(folder):
    """JAFFE under its 213 published names, and 72 sequences of CK+, prepared.

    Args:
        folder: `pathlib.Path` of an empty folder.

    Returns:
        `Datasets` that has `jaffe` and `ck_plus/falahzadeh2021`.
    """
    (folder / "jaffe").mkdir()
    for name in jaffe.PUBLISHED:
        label = jaffe.EXPRESSIONS[name[3:5]]
        face = jaffe_files.tiff(jaffe_files.face(label, int(name[5])))
        (folder / "jaffe" / name).write_bytes(face)
    labels = [*ck_plus.PUBLISHED]
    sequences = {
        (f"S{person:03}", f"{place:03}"): (
            labels[(SEQUENCES * person + place) % len(labels)],
            range(1, 6),
        )
        for person in range(PEOPLE)
        for place in range(SEQUENCES)
    }
    ck_plus_files.write_original(folder / "ck", sequences, {})
    places = {"jaffe": "jaffe", "ck_plus/falahzadeh2021": "ck"}
    for dataset, place in places.items():
        words = ["prepare", dataset, "--manual-dir", str(folder / place)]
        __main__.main([*words, "--data-dir", str(folder / "data")])
    return Datasets(folder / "data")
