"""Setting up the backend, and naming the device a run was made on."""

import contextlib
import importlib.metadata
import os
import platform
from pathlib import Path

import keras

from ferkeras.data import has_tensorflow

PACKAGES = (
    "keras",
    "tensorflow",
    "tensorflow-cpu",
    "jax",
    "numpy",
    "opencv-python-headless",
    "scikit-learn",
)


def configure(compiled=None):
    """Make runs repeatable, and compile them once; call it before all else.

    TensorFlow's order of independent operations varies from run to run unless
    one thread schedules them; each operation still uses every core. Where JAX
    trains, TensorFlow only reads data and must not take the GPU.

    Args:
        compiled: folder that keeps what JAX compiles, which all seeds of a row
            share, and a run that goes on, unless `JAX_COMPILATION_CACHE_DIR`
            names another; None for no such folder.
    """
    if compiled and keras.backend.backend() == "jax":
        # As much as is used, so that other processes have the rest; of a
        # share that `share_memory` set, no more than that.
        os.environ.setdefault("XLA_PYTHON_CLIENT_PREALLOCATE", "false")
        import jax

        if not jax.config.jax_compilation_cache_dir:
            jax.config.update("jax_compilation_cache_dir", str(compiled))
    if not has_tensorflow():
        return
    import tensorflow as tf

    # Every run traces its own functions, of which TensorFlow warns.
    tf.get_logger().setLevel("ERROR")
    if keras.backend.backend() != "tensorflow":
        tf.config.set_visible_devices([], "GPU")
        return
    gpus = tf.config.list_physical_devices("GPU")
    for gpu in gpus:
        # As much as is used, so that other processes have the rest.
        tf.config.experimental.set_memory_growth(gpu, True)
    if not gpus:
        tf.config.threading.set_inter_op_parallelism_threads(1)


@contextlib.contextmanager
def share_memory(share):
    """Give this process, or each that is started meanwhile, part of a card.

    Args:
        share: of the card, 0 to 1; a tenth of it is kept back, as what is not
            an array needs memory too.
    """
    name = "XLA_PYTHON_CLIENT_MEM_FRACTION"
    before = os.environ.get(name)
    os.environ[name] = f"{0.9 * share:.3f}"
    try:
        yield
    finally:
        del os.environ[name]
        if before is not None:
            os.environ[name] = before


def share_cores(count):
    """Have this process compute on so many cores; call it before all else."""
    # JAX reads the one, TensorFlow the other.
    os.environ["NPROC"] = os.environ["TF_NUM_INTRAOP_THREADS"] = str(count)


class SharedBatches(keras.distribution.DataParallel):
    """Each batch is shared over devices, which all have the weights.

    Keras would share it beforehand, and stop at one that cannot be shared
    evenly, as the last of an epoch. So every device gets the pixels, which are
    few, and the compiled step shares what it warps of them, evenly or not.
    """

    def get_data_layout(self, data_shape):
        return self._layout(None)

    def get_tensor_layout(self, path):
        # Of `ferkeras.training.build`; XLA goes on from there, both ways.
        if path.endswith("compiled_warped/output"):
            return self._layout(self.batch_dim_name)

    def _layout(self, axis):
        return keras.distribution.TensorLayout([axis], self.device_mesh)


def share_batches():
    """Share every batch over all devices of this machine, under JAX.

    To be called before any network is built. A step computes what it would on
    one device, within rounding: the batch, its statistics and its random
    numbers are those of the whole.
    """
    keras.distribution.set_distribution(SharedBatches())


def shares_batches():
    """Whether `share_batches` was called."""
    return keras.distribution.distribution() is not None


def everywhere():
    """Sharding of JAX for what all devices have; None for the only one."""
    if not shares_batches():
        return None
    import jax

    mesh = keras.distribution.distribution().device_mesh.backend_mesh
    return jax.sharding.NamedSharding(mesh, jax.sharding.PartitionSpec())


def on_processor():
    """Whether there is no accelerator."""
    if keras.backend.backend() == "jax":
        import jax

        return jax.devices()[0].platform == "cpu"
    import tensorflow as tf

    return not tf.config.list_physical_devices("GPU")


def accelerated(backend):
    """Whether this backend trains, on an accelerator."""
    return keras.backend.backend() == backend and not on_processor()


def device_name():
    """What computes: the GPU's name, or the processor's and its cores."""
    if keras.backend.backend() == "jax":
        import jax

        device, *others = jax.devices()
        if device.platform != "cpu":
            count = f"{len(others) + 1} x " if shares_batches() else ""
            return f"{count}{device.device_kind}"
    else:
        import tensorflow as tf

        for gpu in tf.config.list_physical_devices("GPU"):
            details = tf.config.experimental.get_device_details(gpu)
            return details.get("device_name", gpu.name)
    return f"{processor()}, {os.cpu_count()} cores"


def processor():
    """Name of the processor."""
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        for line in cpuinfo.read_text().splitlines():
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    return platform.processor() or platform.machine()


def versions():
    """Installed versions of what a number can depend on."""
    found = {"python": platform.python_version()}
    for package in PACKAGES:
        try:
            found[package] = importlib.metadata.version(package)
        except importlib.metadata.PackageNotFoundError:
            continue
    return found
