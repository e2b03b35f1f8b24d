"""Holds the tables to the packages that are installed: imports what they tell about and compares the signatures.

Run it with the interpreter of a virtual environment that holds an SDK; `update.sh` does. It prints what differs and fails then.
"""

import importlib
import inspect
import json
import sys
from enum import EnumMeta
from importlib.metadata import version as installed
from pathlib import Path

HERE = Path(__file__).parent
KINDS = {None: 1, "positional": 0, "*": 2, "keyword": 3, "**": 4}


def number(version):
    return tuple(int(part) for part in version.split("."))


def holds(row, version):
    return number(row.get("since", "0.0.0")) <= version and ("until" not in row or version <= number(row["until"]))


def import_path(path):
    """The object behind a dotted path, or `None` where a module cannot be imported here."""
    parts = path.split(".")
    for split in range(len(parts), 0, -1):
        try:
            found = importlib.import_module(".".join(parts[:split]))
        except ImportError:
            continue
        for part in parts[split:]:
            found = getattr(found, part)
        return found
    return None


def expected(rows, of):
    return [(row["parameter"], KINDS[row.get("kind")], row.get("default")) for row in rows if "parameter" in row and row.get("of") == of]


def actual(target, skip):
    parameters = list(inspect.signature(target).parameters.values())[skip:]
    empty = inspect.Parameter.empty
    return [(one.name, int(one.kind), None if one.default is empty else one.default) for one in parameters]


def differences(where, wanted, found, refuses):
    if refuses:
        # Names that are taken out of `**kwargs` are parameters of the tables only.
        names = {name for name, kind, _ in found if kind != 4}
        wanted = [one for one in wanted if one[0] in names]
        found = [one for one in found if one[1] != 4]
    if [one[:2] for one in wanted] != [one[:2] for one in found]:
        yield f"{where}: the tables have {[one[:2] for one in wanted]}, the package {[one[:2] for one in found]}"
        return
    for (name, _, told), (_, _, real) in zip(wanted, found):
        if told is not None and isinstance(real, (str, int, float, bool, type(None))) and told != repr(real) and "." not in told:
            yield f"{where}({name}): the tables have {told}, the package {real!r}"
        if told is None and real is not None and "factory" not in repr(real):
            yield f"{where}({name}): required in the tables, {real!r} in the package"


def compare(path, rows):
    target = import_path(path)
    if target is None or inspect.ismodule(target):
        return
    heads = [row for row in rows if any(fact in row for fact in ("function", "constructor", "method"))]
    for head in heads:
        if head.get("opaque"):
            continue
        method = head.get("method")
        called = inspect.getattr_static(target, method) if method else target
        called = getattr(called, "__func__", called) if method else called
        skip = 1 if method and head.get("kind") != "static" else 0
        if inspect.isclass(called) and type(called).__call__ is not type.__call__ and type(called) is not EnumMeta:
            # A metaclass that calls the constructor hides its signature.
            called, skip = called.__init__, 1
        try:
            real = actual(called, skip)
        except (TypeError, ValueError):
            continue
        yield from differences(f"{path}.{method}" if method else path, expected(rows, method), real, head.get("refuses"))


def main():
    failed, count = [], 0
    for distribution in sys.argv[1:]:
        table = json.loads((HERE / f"{distribution}.json").read_text(encoding="utf-8"))
        version = number(installed(distribution))
        for path, rows in table["definitions"].items():
            present = [row for row in rows if "present" in row]
            if all(holds(row, version) for row in present):
                count += 1
                failed += compare(path, [row for row in rows if holds(row, version)])
    print("\n".join(failed))
    print(f"{count} definitions compared, {len(failed)} differences")
    sys.exit(bool(failed))


main()
