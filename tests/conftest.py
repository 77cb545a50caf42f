"""Environment of the tests: as repeatable as a run, compiled once."""

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

from ferkeras import devices

devices.configure()
