"""Setting up the backend, and naming the device a run was made on."""

import importlib.metadata
import os
import platform
from pathlib import Path

import keras

from ferkeras.data import has_tensorflow
from ferkeras.training.sharing import shares_batches

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
