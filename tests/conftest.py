"""Environment of the tests: as repeatable as a run, compiled once."""

import functools
import gc
import math
import os
from pathlib import Path

# Many tests train the same small network; JAX compiles it in 10 s each time.
os.environ.setdefault(
    "JAX_COMPILATION_CACHE_DIR",
    str(Path(__file__).parent.parent / "build" / "jax"),
)
os.environ.setdefault("JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS", "0")
# What is compiled runs for seconds only.
os.environ.setdefault("JAX_DISABLE_MOST_OPTIMIZATIONS", "1")

import pytest


def pytest_xdist_setupnodes():
    """Give processes side by side a core each.

    Threads for all of them would wait, those of NumPy's linear algebra without
    giving theirs up. Once a process has imported it, it is too late.
    """
    os.environ.setdefault("TF_NUM_INTRAOP_THREADS", "1")
    os.environ.setdefault("OMP_NUM_THREADS", "1")


def pytest_collectstart(collector):
    """Set Keras up, which what only shares tests out never imports."""
    if isinstance(collector, pytest.Module):
        from ferkeras.data import has_tensorflow
        from ferkeras.training import devices

        devices.configure()
        if has_tensorflow():
            import tensorflow as tf

            # Its passes over a graph take longer than the graph then runs.
            tf.config.optimizer.set_experimental_options(
                {"disable_meta_optimizer": True}
            )


def pytest_collection_finish():
    """Leave the modules' objects out of every collection from here on.

    Keras collects at each network that a run clears away; so between those
    there is little to find.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000)


@pytest.fixture(autouse=True, scope="module")
def leave_what_tests_left():
    """The same for what the tests of a file have left."""
    yield
    gc.freeze()


@pytest.fixture(autouse=True, scope="module")
def no_saved_models(request):
    """Writing one takes a second, in which most find nothing to look at."""
    with pytest.MonkeyPatch.context() as patch:
        if not request.node.get_closest_marker("saved_models"):
            target = "ferkeras.scoring.export.saved_model"
            patch.setattr(target, lambda model, path, class_names: None)
        yield


@pytest.fixture(scope="session")
def drawn():
    """Draws the faces of a split once; nobody may change them."""
    from tfds_builders.synthetic_faces import reader

    draw = reader.draw_split

    @functools.cache
    def draw_once(*split):
        columns = draw(*split)
        for column in columns.values():
            column.flags.writeable = False
        return columns

    return draw_once


@pytest.fixture(autouse=True, scope="module")
def faces_drawn_once(drawn):
    """Drawing takes longer than most of what is done with the faces.

    What draws them has its own tests, elsewhere, which draw each time.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("tfds_builders.synthetic_faces.reader.draw_split", drawn)
        yield


@pytest.fixture(autouse=True, scope="session")
def no_large_decompositions():
    """QR of a kernel of 4,096 x 4,096 takes 10 s, for values no test sees."""
    import keras

    kind = keras.initializers.Orthogonal
    orthogonal = kind.__call__

    def call(self, shape, dtype=None):
        if math.prod(shape) > 1_000_000:
            return keras.ops.zeros(shape, dtype)
        return orthogonal(self, shape, dtype)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(kind, "__call__", call)
        yield
