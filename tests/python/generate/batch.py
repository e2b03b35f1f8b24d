"""Runs a batch of programs under CPython in several environments and under podlint, and compares: known means equal."""

import collections
import json
import os
import pathlib
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
# What must not matter for what is known: the variables, and the order of sets.
ENVIRONMENTS = [[], ["STAGE=prod", "GPU=1", "COUNT=3"], ["STAGE=a,42", "COUNT=0"]]
DYNAMIC = "<dynamic"
LONG = 1000  # longer texts may be cut where they are shown

# `needless`: what is dynamic and its reason, in templates that are the same in all environments.
Outcome = collections.namedtuple("Outcome", "templates known same failures raised needless", defaults=[()])
Failure = collections.namedtuple("Failure", "kind detail")


def run(podlint, programs):
    """An `Outcome` by name for programs by name."""
    with tempfile.TemporaryDirectory() as folder:
        for name, text in programs.items():
            pathlib.Path(folder, name).write_text(text)
        running = [start_cpython(folder, number, environment) for number, environment in enumerate(ENVIRONMENTS)]
        shown, errors = rendered(podlint, folder, programs), false_errors(podlint, folder, programs)
        answers = [finish_cpython(process) for process in running]
    return {
        name: outcome([answer.get(name, {"raises": "died"}) for answer in answers], shown.get(name), errors.get(name, []))
        for name in programs
    }


def start_cpython(folder, number, environment):
    command = [sys.executable, str(HERE / "cpython.py"), folder, *environment]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONHASHSEED": str(number)})


def finish_cpython(process):
    lines, _ = process.communicate()
    return {answer["program"]: answer for answer in map(json.loads, lines.splitlines())}


def podlint_json(podlint, arguments, folder):
    """What podlint prints for a folder or file, or None when it does not print JSON in time."""
    try:
        done = subprocess.run([podlint, *arguments], cwd=folder, capture_output=True, text=True, timeout=120, check=False)
        return json.loads(done.stdout)
    except (ValueError, subprocess.TimeoutExpired):
        return None


def rendered(podlint, folder, programs):
    """The pods of each program; None for one that ends podlint."""
    command = ["render", ".", "--format", "json", "--isolated"]
    answer = podlint_json(podlint, command, folder)
    if answer is None and len(programs) > 1:
        alone = {name: podlint_json(podlint, ["render", name, *command[2:]], folder) for name in programs}
        return {name: one and one["pods"] for name, one in alone.items()}
    if answer is None:
        return {}
    pods = {name: [] for name in programs}
    for pod in answer["pods"]:
        pods[pathlib.PurePath(pod["file"]).name].append(pod)
    return pods


def false_errors(podlint, folder, programs):
    """Errors about programs that run: the programs give the SDK nothing but texts."""
    command = ["check", ".", "--format", "json", "--isolated", "--authority"]
    answer = podlint_json(podlint, [*command, "python,flyte,client"], folder)
    answer = answer or podlint_json(podlint, [*command, "flyte,client"], folder) or {"findings": []}
    errors = {}
    for found in answer["findings"]:
        if found["severity"] == "error":
            text = f"{found['rule']} in line {found['start']['line']}: {found['message']}"
            errors.setdefault(pathlib.PurePath(found["file"]).name, []).append(text)
    return errors


def outcome(answers, pods, errors):
    """Holds what podlint shows of one program to what CPython made of it."""
    raised = next((answer["raises"] for answer in answers if "raises" in answer), None)
    if raised is None and any(len(text) > LONG for answer in answers for text in texts(answer["templates"])):
        raised = "too long"
    if raised is not None:
        return Outcome(0, 0, 0, [], raised)
    if pods is None:
        return Outcome(0, 0, 0, [Failure("crash", "podlint does not end or prints no JSON")], None)
    failures = [Failure("false error", text) for text in errors]
    by_name = {}
    for pod in pods:
        shown = {part: pod["metadata"].get(part) or {} for part in ("annotations", "labels")}
        ids = [one["id"] for one in shown.values() if isinstance(one, dict) and "id" in one]
        reasons = [
            f"{one['path'].removeprefix('metadata.')}: {one['reason']}" for one in pod["dynamic"] if one["path"].startswith("metadata")
        ]
        by_name.setdefault(pod["name"] or (ids or [None])[0], (shown, reasons))
    known, same, needless = 0, 0, []
    names = sorted({name for answer in answers for name in answer["templates"]})
    for name in names:
        made = [answer["templates"][name] for answer in answers if name in answer["templates"]]
        is_same = len(made) == len(answers) and all(one == made[0] for one in made)
        same += is_same
        if name not in by_name:
            failures.append(Failure("hidden", name))
            continue
        shown, reasons = by_name[name]
        needless += [f"{name}.{reason}" for reason in reasons if is_same]
        known += not is_dynamic(shown)
        wrong = next((text for one in made for text in differences(shown, one, name)), None)
        if wrong:
            failures.append(Failure("wrong", wrong))
    return Outcome(len(names), known, same, failures, None, needless)


def texts(node):
    if isinstance(node, dict):
        for key, value in node.items():
            yield from texts(key)
            yield from texts(value)
    elif isinstance(node, str):
        yield node


def is_dynamic(node):
    if isinstance(node, dict):
        return any(key.startswith(DYNAMIC) or is_dynamic(value) for key, value in node.items())
    return isinstance(node, str) and node.startswith(DYNAMIC)


def differences(shown, sent, path):
    """Where a shown value claims to be known and is not what CPython made."""
    if isinstance(shown, str) and shown.startswith(DYNAMIC):
        return
    if isinstance(shown, dict) and isinstance(sent, dict):
        is_open = any(key.startswith(DYNAMIC) for key in shown)
        for key in sorted(shown.keys() | sent.keys()):
            if key.startswith(DYNAMIC) or (is_open and key not in shown):
                continue
            if key in shown and key not in sent and is_dynamic(shown[key]):
                continue  # perhaps there
            if key not in shown or key not in sent:
                who = "podlint" if key in shown else "CPython"
                yield f"{path}.{key}: only {who} has it: {(shown if key in shown else sent)[key]!r}"
            else:
                yield from differences(shown[key], sent[key], f"{path}.{key}")
    elif type(shown) is not type(sent) or shown != sent:
        yield f"{path}: podlint shows {shown!r}, CPython has {sent!r}"
