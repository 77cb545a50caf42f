"""Files are written whole, however many write them."""

import os
import threading

import pytest

from ferkeras import files
from ferkeras.files import open_whole, write_whole

pytestmark = pytest.mark.any_backend


def test_writing_replaces_whole_files(tmp_path):
    path = tmp_path / "folder" / "file.txt"
    write_whole(path, "one")
    with pytest.raises(TypeError):
        write_whole(path, 3)
    assert path.read_text() == "one"
    assert [p.name for p in path.parent.iterdir()] == ["file.txt"]


def test_of_two_that_write_at_once_the_last_to_end_has_the_file(tmp_path):
    path = tmp_path / "pixels.npy"
    with open_whole(path) as ours:
        ours.write(b"ours, ")
        other = threading.Thread(target=write_whole, args=(path, "theirs"))
        other.start()
        other.join()
        assert path.read_text() == "theirs"
        ours.write(b"whole")
    assert path.read_text() == "ours, whole"
    assert [p.name for p in tmp_path.iterdir()] == ["pixels.npy"]


def test_what_a_kill_left_of_a_large_file_goes_once_nobody_writes_it(tmp_path):
    path = tmp_path / "pixels [1].npy"
    old, young, other = (
        tmp_path / name
        for name in (
            "pixels [1].npy.host-7-1.tmp",
            "pixels [1].npy.host-8-1.tmp",
            "labels.npy.host-7-1.tmp",
        )
    )
    for each in (old, young, other):
        each.touch()
    for each in (old, other):
        hour_ago = each.stat().st_mtime - files.LEFT - 1
        os.utime(each, (hour_ago, hour_ago))
    with open_whole(path, lambda: 1):
        pass
    assert {*tmp_path.iterdir()} == {path, young, other}
