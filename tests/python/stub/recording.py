"""What the programs of the tests make: with the stub of the SDK beside this file, or with the installed one.

`PODLINT_REAL_SDK=1` chooses the installed SDK.
"""

import os
import pathlib
import sys

STUB = str(pathlib.Path(__file__).resolve().parent)
IS_REAL = os.environ.get("PODLINT_REAL_SDK") == "1"


def start():
    """The module `flyte` with empty lists of what is made."""
    if not IS_REAL and STUB not in sys.path:
        sys.path.insert(0, STUB)
    import flyte

    if IS_REAL and not hasattr(flyte, "made"):
        record(flyte)
    flyte.made.clear()
    flyte.tasks.clear()
    return flyte


def record(flyte):
    """Lets the installed SDK keep its templates as the stub does."""
    flyte.made, flyte.tasks = [], []

    def new(cls, *_, **__):
        self = object.__new__(cls)
        caller = sys._getframe(1)
        flyte.made.append((self, caller.f_code.co_filename, caller.f_lineno))
        return self

    flyte.PodTemplate.__new__ = new


def tasks(flyte, modules):
    """Name of the function, template and image of each task."""
    yield from flyte.tasks
    if not IS_REAL:
        return
    for module in modules:
        for value in vars(module).values():
            if isinstance(value, flyte.TaskEnvironment):
                image = value.image if isinstance(value.image, str) else None
                for task in value._tasks.values():
                    yield task.func.__name__, task.pod_template, image


def client():
    """The major version of the Kubernetes client, where it is the installed one."""
    if not IS_REAL:
        return None
    import kubernetes

    return kubernetes.__version__.split(".")[0]
