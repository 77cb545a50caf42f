"""Environment of the tests: quiet, and as repeatable as a run."""

import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

from ferkeras import devices

devices.configure()
