"""Runs the cases that `cargo test --test python` wrote into a folder, and holds what they call known to what Python makes of them.

usage: verify.py FOLDER     (FOLDER/cases.json has for each case its folder, the options and the claims)

Each case runs with the stub of the SDKs, or with the installed ones where `PODLINT_REAL_SDK=1` is set, four times: without the
variables that its text names, and with three values for each. Cases that need another Python version or a package that is not
installed are counted as skipped.
"""

import collections
import importlib
import json
import os
import pathlib
import re
import signal
import sys

sys.path.append(str(pathlib.Path(__file__).resolve().parent / "stub"))
import recording  # noqa: E402

VARIABLE = re.compile(r"""(?:environ(?:\.get\(|\.pop\(|\.setdefault\(|\[)|getenv\(|["'])\s*["']?([A-Z][A-Z_0-9]*)["']""")
VALUES = [None, "", "1", "zz,2"]
DYNAMIC = "<dynamic"
SECONDS = 20


def stop(*_):
    raise TimeoutError(f"does not end in {SECONDS} s")


def main():
    signal.signal(signal.SIGALRM, stop)
    root = pathlib.Path(sys.argv[1])
    counts, problems = collections.Counter(), []
    for case in json.loads((root / "cases.json").read_text()):
        if not case["claims"]:
            continue
        try:
            problems += verify(case, counts)
        except Skipped as reason:
            counts["skipped"] += 1
            print(f"skipped: {case['claims'][0]['place']}: {reason}")
    print(*problems, sep="\n")
    print(", ".join(f"{count} {name}" for name, count in counts.items()))
    sys.exit(bool(problems))


class Skipped(Exception):
    """A case that cannot run here."""


def verify(case, counts):
    """What the case claims and Python does not have."""
    running = "{}.{}".format(*sys.version_info)
    if case["version"] and case["version"] != running:
        raise Skipped(f"is about Python {case['version']}, this is {running}")
    installed = recording.client()
    if installed and installed != (case["client"] or installed):
        raise Skipped(f"is about the Kubernetes client {case['client']}, this is {installed}")
    runs, raised = [], []
    for value in VALUES:
        signal.alarm(SECONDS)
        try:
            runs.append(run(case, value))
        except ModuleNotFoundError as error:
            raise Skipped(str(error)) from error
        except Exception as error:  # some programs need a variable
            raised.append(f"{type(error).__name__}: {error}")
        finally:
            signal.alarm(0)
    if not runs or any(text.startswith("TimeoutError") for text in raised):
        yield f"{case['claims'][0]['place']}: the program raises {raised[-1]}"
        return
    for claim in case["claims"]:
        seen = [one for places in runs for one in values(claim, case, places)]
        counts["claims"] += 1
        counts["claims, never run"] += not seen
        if not all(matches(one, claim["value"]) for one in seen):
            yield f"{claim['place']}: claims {claim['value']!r}, Python has {seen!r}"


def run(case, value):
    """The templates by file and line, and by name, after a run with all variables set to a value, or unset."""
    folder = pathlib.Path(case["folder"])
    texts = [path.read_text() for path in folder.rglob("*.py")]
    names = {name for text in texts for name in VARIABLE.findall(text)}
    os.environ.clear()
    os.environ.update(HOME=str(folder), PODLINT_TEST_CLIENT=case["client"] or "37")
    if value is not None:
        os.environ.update(dict.fromkeys(names, value))
    forget_modules(folder)
    sys.path[:0] = [str(folder), str(folder / "src")]
    sys.dont_write_bytecode = True
    os.chdir(folder)
    try:
        flyte = recording.start()
        modules = [importlib.import_module(name) for name in sorted({module_of(claim["file"]) for claim in case["claims"]})]
        by_line = collections.defaultdict(list)
        for template, file, line in flyte.made:
            by_line[os.path.relpath(file, folder).replace(os.sep, "/"), line].append(template)
        by_name = {name: (template, image) for name, template, image in recording.tasks(flyte, modules) if template is not None}
        for name, one in (item for module in modules for item in vars(module).items()):
            if isinstance(one, flyte.PodTemplate):
                by_name.setdefault(name, (one, None))
        return {
            "lines": {place: [plain((one.labels or {}).get("reveal")) for one in made] for place, made in by_line.items()},
            "names": {name: pod(*made) for name, made in by_name.items()},
        }
    finally:
        del sys.path[:2]


def forget_modules(folder):
    """Unloads the case's modules and the stub; packages stay loaded."""
    places = {name: [getattr(module, "__file__", None) or "", *getattr(module, "__path__", [])] for name, module in sys.modules.items()}
    for name, own in places.items():
        if name != "recording" and any(place.startswith((str(folder.parent), recording.STUB)) for place in own):
            del sys.modules[name]
    importlib.invalidate_caches()


def module_of(file):
    return file.removesuffix(".py").removeprefix("src/").replace("/", ".").removesuffix(".__init__")


def pod(template, image):
    """A template's pod, with what the SDK fills in: a primary container and the environment's image."""
    metadata = {"labels": plain(template.labels or {}), "annotations": plain(template.annotations or {})}
    spec = plain(template.pod_spec) or {}
    containers = spec.setdefault("containers", [])
    if not containers:
        containers.append({"name": template.primary_container_name})
    for container in containers:
        if container["name"] == template.primary_container_name and image:
            container.setdefault("image", image)
    return {"metadata": metadata, "spec": spec}


def plain(value):
    """A value as podlint shows it."""
    if recording.IS_REAL and type(value).__module__.startswith("kubernetes.client"):
        from kubernetes.client import ApiClient

        return ApiClient().sanitize_for_serialization(value)
    if type(value).__module__ == "kubernetes.client":
        return {wire(name): plain(one) for name, one in vars(value).items() if one is not None}
    if isinstance(value, dict):
        return {key if isinstance(key, str) else json.dumps(key): plain(one) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(one) for one in value]
    if isinstance(value, (set, frozenset)):
        return sorted(plain(one) for one in value)
    return value


def wire(name):
    first, *rest = name.lstrip("_").split("_")
    return first + "".join({"ip": "IP", "pid": "PID", "ipc": "IPC", "fqdn": "FQDN"}.get(part, part.title()) for part in rest)


MISSING = object()


def values(claim, case, places):
    """What Python has where the claim is made: one value per turn of its line."""
    if claim["pod"] is None:
        seen = places["lines"].get((claim["file"], claim["line"]), [])
        turns = [one for one in case["claims"] if (one["file"], one["line"]) == (claim["file"], claim["line"])]
        if len(turns) > 1:
            number = turns.index(claim)
            return seen[number : number + 1] if len(seen) == len(turns) else [f"{len(seen)} values"]
        return seen
    if claim["pod"] not in places["names"]:
        return []
    value = places["names"][claim["pod"]]
    for step in claim["path"]:
        try:
            value = value[step]
        except (KeyError, IndexError, TypeError):
            return [MISSING]
    return [value]


def matches(value, claimed):
    """Whether a value is what is claimed, where that is known."""
    if isinstance(claimed, str) and claimed.startswith(DYNAMIC):
        return True
    if isinstance(claimed, list) and isinstance(value, list):
        if claimed and isinstance(claimed[-1], str) and claimed[-1].startswith(DYNAMIC):
            return len(value) >= len(claimed) - 1 and all(map(matches, value, claimed[:-1]))
        return len(value) == len(claimed) and all(map(matches, value, claimed))
    if isinstance(claimed, dict) and isinstance(value, dict):
        is_open = any(key.startswith(DYNAMIC) for key in claimed)
        known = {key: one for key, one in claimed.items() if not key.startswith(DYNAMIC)}
        return (is_open or known.keys() == value.keys()) and all(key in value and matches(value[key], one) for key, one in known.items())
    return type(value) is type(claimed) and value == claimed


if __name__ == "__main__":
    main()
