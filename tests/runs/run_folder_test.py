"""What a run keeps on disk, and when."""

import numpy as np
import pytest

from ferkeras.runs import run_folder
from ferkeras.runs.run_folder import RunFolder, read_history, saved_epochs


def state(epoch):
    return {"model": [np.full(3, epoch)], "optimizer": [np.array(epoch)]}


def train(folder, scores, seconds=1.0):
    for score in scores:
        folder.epoch_done(
            {"loss": 2.0, "val_accuracy": score, "seconds": seconds},
            state(folder.epochs_done + 1),
        )


def test_what_is_saved_is_read_back(tmp_path):
    folder = RunFolder(tmp_path)
    train(folder, [0.1, 0.3, 0.3, 0.2])
    assert folder.best_epoch == 2
    folder.save()
    again = RunFolder(tmp_path)
    assert again.history == folder.history
    assert again.best_epoch == 2
    np.testing.assert_array_equal(again.best, [[2, 2, 2]])
    for kind, values in state(4).items():
        np.testing.assert_array_equal(again.state[kind], values)
    # It goes on from there, in the file too.
    train(again, [0.9])
    again.save()
    assert read_history(tmp_path / "history.csv") == again.history
    assert RunFolder(tmp_path).best_epoch == 5


def test_epochs_before_one_may_be_chosen_are_not(tmp_path):
    folder = RunFolder(tmp_path, chosen_from=2)
    bests = []
    for score in (0.9, 0.8, 0.3, 0.5, 0.4):
        train(folder, [score])
        bests.append((folder.best_epoch, int(folder.best[0][0])))
    assert bests == [(1, 1), (2, 2), (3, 3), (4, 4), (4, 4)]


def test_epochs_that_no_snapshot_counts_are_dropped(tmp_path):
    folder = RunFolder(tmp_path)
    train(folder, [0.1, 0.5])
    folder.save()
    # Killed while the next was written.
    with open(tmp_path / "history.csv", "a") as file:
        file.write("2,2.0,1.0,.9\n3,2.0")
    again = RunFolder(tmp_path)
    assert again.history == folder.history
    assert read_history(tmp_path / "history.csv") == folder.history


def test_a_snapshot_of_another_version_is_refused(tmp_path):
    np.savez(tmp_path / "snapshot.npz", weights=np.zeros(3))
    with pytest.raises(ValueError, match="Delete that folder"):
        RunFolder(tmp_path)


def test_history_without_a_snapshot_is_of_nothing(tmp_path):
    (tmp_path / "history.csv").write_text("epoch,loss\n0,1.0\n")
    assert RunFolder(tmp_path).history == []
    assert not (tmp_path / "history.csv").exists()


@pytest.mark.parametrize(
    "seconds,since,saved",
    # At 20 s, or where the next epoch would end later.
    [(1.0, 18.0, False), (1.0, 19.5, True), (30.0, 0.0, True)],
)
def test_snapshots_go_by_the_clock(
    tmp_path, monkeypatch, seconds, since, saved
):
    now = [100.0]
    monkeypatch.setattr(run_folder.time, "monotonic", lambda: now[0])
    folder = RunFolder(tmp_path)
    now[0] += since
    train(folder, [0.5], seconds)
    assert saved_epochs(tmp_path) == int(saved)
    assert folder.is_due == (since > 20)


def test_a_state_within_an_epoch_is_of_that_epoch_only(tmp_path):
    folder = RunFolder(tmp_path)
    train(folder, [0.5])
    folder.save_within(7, state(1) | {"totals": [np.ones(2)]})
    # The epoch before is saved with it.
    again = RunFolder(tmp_path)
    assert again.epochs_done == 1
    steps, found = again.within()
    assert steps == 7 and found["totals"][0].tolist() == [1, 1]
    train(again, [0.6])
    assert again.within() is None
    again.save()
    assert not (tmp_path / "within-epoch.npz").exists()


def test_a_folder_of_another_run_is_refused_and_an_old_one_cleared(tmp_path):
    (tmp_path / "left.txt").touch()
    folder = RunFolder(tmp_path)
    folder.claim("recipe 1")
    assert not (tmp_path / "left.txt").exists()
    train(folder, [0.5])
    folder.save()
    RunFolder(tmp_path).claim("recipe 1")
    with pytest.raises(ValueError, match="Delete that folder"):
        RunFolder(tmp_path).claim("recipe 2")
    assert saved_epochs(tmp_path) == 1


def test_sessions_are_listed_once_each(tmp_path):
    folder = RunFolder(tmp_path)
    for device in "aab":
        found = folder.note_session({"device": device})
    assert found == [{"device": "a"}, {"device": "b"}]
    assert RunFolder(tmp_path).note_session({"device": "b"}) == found


def test_a_closed_folder_has_no_snapshot(tmp_path):
    folder = RunFolder(tmp_path)
    train(folder, [0.5])
    folder.save_within(1, state(1))
    folder.close()
    assert [path.name for path in tmp_path.iterdir()] == ["history.csv"]


def test_a_first_epoch_is_gone_on_with_from_within(tmp_path):
    folder = RunFolder(tmp_path)
    folder.claim("recipe 1")
    folder.save_within(7, state(0))
    again = RunFolder(tmp_path)
    again.claim("recipe 1")
    steps, _ = again.within()
    assert steps == 7
    with pytest.raises(ValueError, match="Delete that folder"):
        RunFolder(tmp_path).claim("recipe 2")


def test_what_a_kill_left_of_a_snapshot_goes(tmp_path):
    folder = RunFolder(tmp_path)
    train(folder, [0.5])
    folder.save()
    left = tmp_path / "snapshot.npz.host-7-1.tmp"
    left.touch()
    RunFolder(tmp_path).claim("recipe 1")
    assert not left.exists() and saved_epochs(tmp_path) == 1


def test_epochs_are_listed_once_wherever_saving_is_interrupted(
    tmp_path, monkeypatch
):
    folder = RunFolder(tmp_path)
    train(folder, [0.1, 0.2])
    write = run_folder.write_arrays

    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(run_folder, "write_arrays", interrupted)
    with pytest.raises(KeyboardInterrupt):
        folder.save()
    monkeypatch.setattr(run_folder, "write_arrays", write)
    folder.save()
    assert read_history(tmp_path / "history.csv") == folder.history
