"""Writes `schemas/sdk/*.json`: what the Flyte SDKs and their plugins offer, in which versions; `update.sh` runs it.

The argument is a folder for the unpacked wheels, which are downloaded when they are missing.
"""

import gc
import json
import re
import sys
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from package import Package
from timeline import timeline
from wheels import every, number

HERE = Path(__file__).parent
PATH = re.compile(r"[A-Za-z_]\w*(?:\.\w+)+")


def core_of(distribution):
    return "flyte" if distribution == "flyte" or distribution.startswith("flyteplugins") else "flytekit"


def nearest(versions, version):
    """The newest version that is not newer; for what counts its own versions the newest of all."""
    older = [known for known in versions if number(known) <= number(version)]
    return older[-1] if older else versions[-1]


def read(task):
    """The rows of one version, what it requires, and the public names that the rows use."""
    distribution, _, folders = task
    package = Package(distribution, folders)
    rows = package.read()
    used = set(PATH.findall(json.dumps(rows)))
    names = {defined: public for defined, public in package.public_names().items() if public in used}
    return rows, [{"requires": name} for name in package.requires()], names


def tasks_of(found):
    """What is to be read, in the order of the SDK's versions, so that a process parses an SDK once for all plugins."""
    tasks = []
    for distribution, versions in found.items():
        core = core_of(distribution)
        for version, folder in versions.items():
            base = version if distribution == core else nearest(list(found[core]), version)
            folders = [folder] if distribution == core else [folder, found[core][base]]
            tasks.append((core, number(base), (distribution, version, folders)))
    return [task for _, _, task in sorted(tasks, key=lambda task: task[:2])]


def renamed(results):
    """Rows that call everything by the name that it has in the newest version.

    What was `flyte.extend.TaskTemplate` before it became `flyte.TaskTemplate`, too, is one thing and no news.
    """
    newest = {}
    for _, _, names in results.values():
        newest.update(names)
    found = {}
    for version, (rows, requires, names) in results.items():
        moved = {public: newest[defined] for defined, public in names.items() if newest[defined] != public}
        found[version] = ({renamed_path(path, moved): renamed_rows(lines, path, moved) for path, lines in rows.items()}, requires)
    return found


def renamed_path(path, moved):
    """A path with the part that is a moved name replaced: `flyte.extend.Cache.enabled` as well as `flyte.extend.Cache`."""
    parts = path.split(".")
    for end in range(len(parts), 1, -1):
        if ".".join(parts[:end]) in moved:
            return ".".join([moved[".".join(parts[:end])], *parts[end:]])
    return path


def renamed_rows(lines, path, moved):
    found, aliases = [], {line["alias"] for line in lines if "alias" in line}
    for line in lines:
        if "alias" in line:
            continue
        own = f"{path}.{line.get('name')}"
        line = json.loads(PATH.sub(lambda match: renamed_path(match.group(), moved), json.dumps(line)))
        if line.get("target") == own:
            del line["target"]
        elif "name" in line and own in moved and "target" not in line:
            line["target"] = moved[own]
        found.append(line)
    known = renamed_path(path, moved)
    if known != path:
        aliases = (aliases | {path}) - {known}
    return [found[0], *({"alias": alias} for alias in sorted(aliases)), *found[1:]]


def written(distribution, versions, results):
    """The text of a file: a line for each row."""
    found = renamed(results)
    read_rows = {version: {**found[version][0], "": [{"package": True}, *found[version][1]]} for version in versions}
    rows = timeline(versions, read_rows)
    requires = [row for row in rows.pop("") if "requires" in row]
    blocks = [
        f"    {json.dumps(path)}: [\n" + ",\n".join(f"      {json.dumps(row)}" for row in lines) + "\n    ]"
        for path, lines in rows.items()
    ]
    return (
        f'{{\n  "distribution": {json.dumps(distribution)},\n'
        + '  "versions": [\n'
        + ",\n".join(f"    {json.dumps(version)}" for version in versions)
        + '\n  ],\n  "requires": ['
        + ",".join(f"\n    {json.dumps(row)}" for row in requires)
        + ("\n  ],\n" if requires else "],\n")
        + '  "definitions": {\n'
        + ",\n".join(blocks)
        + "\n  }\n}\n"
    )


def main():
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    known = {}
    for path in HERE.glob("*.json"):
        table = json.loads(path.read_text(encoding="utf-8"))
        known[table["distribution"]] = table["versions"]
    found = every(folder, known)
    tasks = tasks_of(found)
    gc.set_threshold(200_000, 20, 100)
    with ProcessPoolExecutor(2) as pool:
        results = list(pool.map(read, tasks, chunksize=16))
    by_distribution = {distribution: {} for distribution in found}
    for (distribution, version, _), result in zip(tasks, results):
        by_distribution[distribution][version] = result
    for distribution, versions in found.items():
        text = written(distribution, list(versions), by_distribution[distribution])
        (HERE / f"{distribution}.json").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
