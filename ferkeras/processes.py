"""Processes that others have begun."""

import multiprocessing
import os
import threading
from multiprocessing.connection import wait


def end_with_parent():
    """End this process as soon as the one that began it is gone."""

    def end():
        wait([multiprocessing.parent_process().sentinel])
        os._exit(1)

    threading.Thread(target=end, daemon=True).start()
