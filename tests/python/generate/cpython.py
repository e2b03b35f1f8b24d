"""Runs programs under CPython and prints what their templates hold, one JSON line per program.

usage: cpython.py FOLDER NAME=VALUE...     (the programs' environment; they see no other variables)

The SDK is the stub, or the installed one where `PODLINT_REAL_SDK=1` is set.
"""

import json
import os
import pathlib
import signal
import sys
import types
import warnings

sys.path.append(str(pathlib.Path(__file__).resolve().parent.parent / "stub"))
import recording  # noqa: E402

SECONDS = 2


class TooSlow(BaseException):
    """A program that does not end; no handler of a program may catch it."""


def stop(*_):
    raise TooSlow


def run(path):
    """The labels and annotations of the templates by their `id`, or what was raised."""
    flyte = recording.start()
    module = types.ModuleType(path.stem)
    sys.modules[path.stem] = module
    signal.alarm(SECONDS)
    try:
        exec(compile(path.read_text(), path.name, "exec"), module.__dict__)
    except BaseException as error:  # a program may raise anything
        return {"raises": f"{type(error).__name__}: {error}"}
    finally:
        signal.alarm(0)
        del sys.modules[path.stem]
    templates = [{"labels": one.labels or {}, "annotations": one.annotations or {}} for one, _, _ in flyte.made]
    if not all(is_of_texts(texts) for template in templates for texts in template.values()):
        return {"raises": "TypeError: labels and annotations are texts"}
    named = {name_of(template): template for template in templates}
    named.pop(None, None)
    return {"templates": named}


def is_of_texts(value):
    """Whether the SDK could serialize it."""
    return isinstance(value, dict) and all(isinstance(text, str) for pair in value.items() for text in pair)


def name_of(template):
    """A program may clear its labels; then the template cannot be told from others."""
    return template["annotations"].get("id") or template["labels"].get("id")


def main():
    folder, *environment = sys.argv[1:]
    os.environ.clear()
    os.environ.update(pair.split("=", 1) for pair in environment)
    signal.signal(signal.SIGALRM, stop)
    sys.setrecursionlimit(400)
    warnings.simplefilter("ignore")
    out, sys.stdout = sys.stdout, open(os.devnull, "w")
    for path in sorted(pathlib.Path(folder).glob("*.py")):
        out.write(json.dumps({"program": path.name, **run(path)}) + "\n")


if __name__ == "__main__":
    main()
