import numpy as np
from tensorboard.backend.event_processing.event_accumulator import (
    EventAccumulator,
)
from tensorboard.plugins.hparams import metadata, plugin_data_pb2
from tensorboard.util import tensor_util

from ferkeras import plots
from ferkeras.training.tensorboard import TensorBoardLog


def read(folder):
    events = EventAccumulator(str(folder), size_guidance={"tensors": 0})
    events.Reload()
    return events


def written(folder):
    """Three epochs and the end of a run, read back."""
    log = TensorBoardLog(
        folder / "log", {"row": "Base", "seed": 3, "epochs": 2}, "Base, 3"
    )
    log.epochs([{"loss": 3.0}, {"loss": 2.0, "val_accuracy": 0.25}], 1)
    log.epochs([{"loss": 1.0, "val_accuracy": 0.5}], 3)
    picture = folder / "confusion.png"
    matrix = np.array([[3, 1], [0, 2]])
    plots.confusion_png(matrix, ["a", "b"], "title", picture)
    log.finish({"accuracy": 83.5}, picture, 3)
    return read(folder / "log"), picture


def test_scalars_are_read_back_with_their_epochs(tmp_path):
    events, _ = written(tmp_path)
    values = {
        tag: [
            (event.step, float(tensor_util.make_ndarray(event.tensor_proto)))
            for event in events.Tensors(tag)
        ]
        for tag in ("loss", "test/accuracy")
    }
    assert values == {
        "loss": [(1, 3.0), (2, 2.0), (3, 1.0)],
        "test/accuracy": [(3, 83.5)],
    }


def test_the_confusion_matrix_is_an_image(tmp_path):
    events, picture = written(tmp_path)
    assert events.PluginTagToContent("images")
    (event,) = events.Tensors("test/confusion")
    width, height, png = tensor_util.make_ndarray(event.tensor_proto)
    assert (int(width), int(height)) == (704, 638)
    assert png == picture.read_bytes()


def test_rows_compare_in_the_hparams_table(tmp_path):
    events, _ = written(tmp_path)
    content = events.PluginTagToContent(metadata.PLUGIN_NAME)
    data = plugin_data_pb2.HParamsPluginData.FromString(
        content[metadata.SESSION_START_INFO_TAG]
    )
    columns = plugin_data_pb2.HParamsPluginData.FromString(
        content[metadata.EXPERIMENT_TAG]
    ).experiment
    assert [column.name for column in columns.hparam_infos] == ["row", "seed"]
    assert columns.metric_infos[0].name.tag == "test/accuracy"
    session = data.session_start_info
    assert session.group_name == "Base, 3"
    assert session.hparams["row"].string_value == "Base"
    assert session.hparams["seed"].number_value == 3
