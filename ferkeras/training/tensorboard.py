"""TensorBoard logs that need no TensorFlow.

Keras' own callback imports it, whichever backend trains.
"""

import time

from tensorboard.compat.proto import event_pb2, summary_pb2
from tensorboard.plugins.hparams.summary_v2 import (
    HParam,
    Metric,
    hparams_config_pb,
    hparams_pb,
)
from tensorboard.plugins.image import metadata as image_metadata
from tensorboard.plugins.scalar.summary_v2 import scalar_pb
from tensorboard.summary.writer.event_file_writer import EventFileWriter
from tensorboard.util import tensor_util

# What fits into a screen of the HParams table: of a row, and of its scores.
COLUMNS = ("row", "protocol", "seed", "channels", "dataset")
METRICS = ("accuracy", "mean_recall", "psnr")


class TensorBoardLog:
    """Log a unit's curves, and its scores when it is done.

    Args:
        folder: `pathlib.Path` of the log.
        hparams: dict of numbers and strings: the row's column values in
            TensorBoard's HParams table.
        session: name of the run in that table.
    """

    def __init__(self, folder, hparams, session):
        self.folder, self.hparams, self.session = folder, hparams, session
        self.writer = None

    def epochs(self, rows, first):
        """Write epochs' values.

        Args:
            rows: a dict of floats an epoch.
            first: number of the first, counted from 1.
        """
        for epoch, row in enumerate(rows, first):
            self.write([scalar_pb(k, v) for k, v in row.items()], epoch)

    def finish(self, scores, picture, step):
        """Write final scores and the confusion matrix.

        Args:
            scores: dict of floats.
            picture: PNG file of the confusion matrix.
            step: epoch they belong to.
        """
        summaries = [scalar_pb(f"test/{k}", v) for k, v in scores.items()]
        summaries.append(image_pb("test/confusion", picture.read_bytes()))
        self.write(summaries, step)
        self.close()

    def columns(self):
        """What begins a log: the HParams table, and the unit's line in it."""
        table = hparams_config_pb(
            [HParam(name) for name in self.hparams if name in COLUMNS],
            [Metric(f"test/{name}") for name in METRICS],
        )
        return [table, hparams_pb(self.hparams, self.session)]

    def write(self, summaries, step):
        """Append summaries to the log, where a reader sees them at once."""
        if self.writer is None:
            self.writer = EventFileWriter(str(self.folder))
            self.write(self.columns(), 0)
        for summary in summaries:
            event = event_pb2.Event(
                wall_time=time.time(), step=step, summary=summary
            )
            self.writer.add_event(event)
        self.writer.flush()

    def close(self):
        """Close the file; a later write opens another."""
        if self.writer is not None:
            self.writer.close()
            self.writer = None


def image_pb(tag, png):
    """Summary of one PNG image, as `tf.summary.image` would write it."""
    width, height = (int.from_bytes(png[at : at + 4]) for at in (16, 20))
    tensor = tensor_util.make_tensor_proto(
        [str(width).encode(), str(height).encode(), png]
    )
    metadata = image_metadata.create_summary_metadata(
        display_name=tag, description=""
    )
    value = summary_pb2.Summary.Value(tag=tag, metadata=metadata, tensor=tensor)
    return summary_pb2.Summary(value=[value])
