"""What the driver sends to machines that do not see its folders."""

import pytest

from ferkeras.cluster import driver_files


@pytest.mark.any_backend
def test_a_folder_of_tfds_is_sent_without_what_is_derived(tmp_path):
    names = "kdef/1.0.0/features.json", "kdef/1.0.0/kdef-train.tfrecord"
    others = "kdef/1.0.0/pixels-train/48x48x1.npy", "jaffe/1.0.0/features.json"
    for name in (*names, *others, "DRAWN", "weights/a.pt", "weights/b.pt"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(name)
    found = driver_files.Keeper(tmp_path, tmp_path).prepared("kdef", ["b.pt"])
    assert {path for path, *_ in found} == {*names, "DRAWN", "weights/b.pt"}
    assert all(size == len(path) for path, size, _ in found)
