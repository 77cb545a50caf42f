"""The driver's folders as a worker sees them, without Ray."""

from types import SimpleNamespace


class Near:
    """A `Keeper` in this process, called as Ray's actors are."""

    def __init__(self, driver_files):
        self.driver_files, self.called = driver_files, []

    def __getattr__(self, name):
        def call(*arguments):
            self.called.append(name)
            return getattr(self.driver_files, name)(*arguments)

        return SimpleNamespace(remote=call)
