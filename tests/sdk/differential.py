"""Compares the pods that the SDKs submit with those that `podlint render` shows.

usage: differential.py v2|v1 [FOLDER]

Run with the Python of a venv that has flyte (v2) or flytekit (v1). Every program of FOLDER, or without one every file below
`corpus/<sdk>`, is imported, its tasks and templates are serialized by the SDK, and the result must be what podlint
shows, except where podlint says `<dynamic: …>`. Every file below `corpus/raises_<sdk>` fails when it is imported or
serialized, and podlint must report an error, at the line that raises where a line of the file does.
"""

import collections
import importlib.util
import json
import os
import pathlib
import subprocess
import sys
import traceback

HERE = pathlib.Path(__file__).resolve().parent
CORPUS = HERE / "corpus"
PODLINT = pathlib.Path(os.environ.get("PODLINT", HERE.parent.parent / "target/debug/podlint"))
DYNAMIC = "<dynamic"


def load(path):
    sys.path.insert(0, str(path.parent))
    try:
        spec = importlib.util.spec_from_file_location(path.stem, path)
        module = importlib.util.module_from_spec(spec)
        sys.modules[path.stem] = module
        spec.loader.exec_module(module)
        return module
    finally:
        sys.path.pop(0)


class V2:
    """The flyte SDK."""

    name, client = "v2", "37"

    def __init__(self):
        import flyte.models

        self.context = flyte.models.SerializationContext(
            project="p", domain="d", version="1", org="o", image_cache=None, code_bundle=None, root_dir=CORPUS
        )

    def pods(self, module):
        import flyte
        import flyte.app
        from flyte._internal.runtime import task_serde
        from flyte.app._runtime import app_serde

        used = set()
        for value in list(vars(module).values()):
            if isinstance(value, flyte.app.AppEnvironment) and value.pod_template is not None:
                used.add(id(value.pod_template))
                pod = app_serde._get_k8s_pod(value, value.pod_template, self.context)
                yield value.name, self.plain(pod)
            elif isinstance(value, flyte.TaskEnvironment):
                for task in value._tasks.values():
                    if isinstance(task.pod_template, flyte.PodTemplate):
                        used.add(id(task.pod_template))
                        container = task_serde._get_urun_container(self.context, task)
                        pod = task_serde._get_k8s_pod(container, task.pod_template)
                        yield task.func.__name__, self.plain(pod)
        for name, value in vars(module).items():
            if isinstance(value, flyte.PodTemplate) and id(value) not in used and not name.startswith("_"):
                pod = task_serde._get_k8s_pod(task_serde.tasks_pb2.Container(image="?", args=["?"]), value)
                yield name, self.plain(pod)

    @staticmethod
    def plain(pod):
        from google.protobuf.json_format import MessageToDict

        message = MessageToDict(pod)
        metadata = {key: value for key, value in message.get("metadata", {}).items()}
        return {"metadata": metadata, "spec": message.get("podSpec", {})}


def lone():
    """The function of a task whose template nothing else uses."""


class V1:
    """flytekit."""

    name, client = "v1", "36"

    def __init__(self):
        from flytekit.configuration import Image, ImageConfig, SerializationSettings

        self.settings = SerializationSettings(
            image_config=ImageConfig(default_image=Image("default", "ghcr.io/acme/default", "1")),
            project="p",
            domain="d",
            version="1",
        )

    def pods(self, module):
        import flytekit
        from flytekit.core.python_auto_container import PythonAutoContainerTask

        used = set()
        for value in list(vars(module).values()):
            template = getattr(value, "pod_template", None)
            if isinstance(value, PythonAutoContainerTask) and template is not None:
                used.add(id(template))
                yield value.name.rsplit(".", 1)[-1], self.plain(value.get_k8s_pod(self.settings))
        for name, value in vars(module).items():
            if isinstance(value, flytekit.PodTemplate) and id(value) not in used and not name.startswith("_"):
                yield name, self.plain(flytekit.task(lone, pod_template=value).get_k8s_pod(self.settings))

    @staticmethod
    def plain(pod):
        from google.protobuf.json_format import MessageToDict

        message = MessageToDict(pod.to_flyte_idl())
        return {"metadata": message.get("metadata", {}), "spec": message.get("podSpec", {})}


def rendered(sdk, path):
    """What podlint shows: pods by name."""
    command = [str(PODLINT), "render", str(path), "--format", "json"]
    outcome = subprocess.run(command + ["--kubernetes-client", sdk.client], capture_output=True, text=True, check=False)
    if outcome.returncode == 2:  # before `render` took the version
        outcome = subprocess.run(command, capture_output=True, text=True, check=False)
    if outcome.returncode != 0:
        raise SystemExit(f"{path}: podlint render failed: {outcome.stderr}")
    pods = {}
    for pod in json.loads(outcome.stdout)["pods"]:
        pods.setdefault(pod["name"], pod)
    return pods


def differences(shown, sent, path=""):
    """Where two values differ, except where podlint does not know."""
    if isinstance(shown, str) and shown.startswith(DYNAMIC):
        return
    if isinstance(shown, dict) and isinstance(sent, dict):
        is_open = DYNAMIC + ">" in shown
        for key in shown.keys() | sent.keys():
            if key == DYNAMIC + ">" or (is_open and key not in shown):
                continue
            if key not in sent and isinstance(shown[key], str) and shown[key].startswith(DYNAMIC):
                continue
            if key not in shown or key not in sent:
                where = "podlint" if key in shown else "the SDK"
                yield f"{path}.{key}: only {where} has it: {shown.get(key, sent.get(key))!r}"
            else:
                yield from differences(shown[key], sent[key], f"{path}.{key}")
    elif isinstance(shown, list) and isinstance(sent, list):
        if shown and isinstance(shown[-1], str) and shown[-1].startswith(DYNAMIC + ": further"):
            return
        if len(shown) != len(sent):
            yield f"{path}: {len(shown)} items instead of {len(sent)}"
        for index, (a, b) in enumerate(zip(shown, sent)):
            yield from differences(a, b, f"{path}[{index}]")
    elif isinstance(shown, bool) != isinstance(sent, bool) or shown != sent:
        yield f"{path}: {shown!r} instead of {sent!r}"


def check_equal(sdk, folder):
    """Compares all pods of a folder; gives the failures, and counts of what was compared."""
    failures, reasons, pods, partly = [], collections.Counter(), 0, 0
    for path in sorted(folder.glob("*.py")):
        shown = rendered(sdk, path)
        for name, sent in pods_of(sdk, path, failures):
            pods += 1
            if name not in shown:
                failures.append(f"{path.name}:{name}: podlint does not show it")
                continue
            pod = shown[name]
            own = [entry for entry in pod["dynamic"] if not is_injected(entry["reason"])]
            partly += bool(own)
            reasons.update(entry["reason"] for entry in own)
            # A message of protobuf has no empty maps.
            pod["metadata"] = {key: value for key, value in pod["metadata"].items() if value}
            for part in ("metadata", "spec"):
                failures.extend(f"{path.name}:{name}: {part}{text}" for text in differences(pod[part], sent[part]))
        errors = [line for line in check(sdk, path) if line["severity"] == "error"]
        failures.extend(f"{path.name}:{e['start']['line']}: false error {e['rule']}: {e['message']}" for e in errors)
    return failures, pods, partly, reasons


def pods_of(sdk, path, failures):
    """The pods that the SDK makes of a program; a program that raises is a failure."""
    try:
        return list(sdk.pods(load(path)))
    except Exception as error:  # whatever a program or the SDK raises
        failures.append(f"{path.name}: raises {type(error).__name__}: {error}")
        return []


def is_injected(reason):
    """Whether it is Flyte's own part of the pod, which no template knows."""
    return reason.startswith(("the task's", "the app's", "Flyte's default", "flytekit's default"))


def check(sdk, path, authorities="flyte,client"):
    """podlint's findings, as its JSON gives them."""
    command = [str(PODLINT), "check", str(path), "--format", "json", "--authority", authorities, "--kubernetes-client", sdk.client]
    outcome = subprocess.run(command, capture_output=True, text=True, check=False)
    return json.loads(outcome.stdout)["findings"]


def check_raises(sdk, folder):
    """Every file must raise, and podlint must say so."""
    failures, seen = [], 0
    for path in sorted(folder.glob("*.py")):
        seen += 1
        line = None
        try:
            list(sdk.pods(load(path)))
        except Exception as error:  # whatever the SDK raises counts
            frames = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == str(path)]
            line = frames[-1] if frames else 0
        if line is None:
            failures.append(f"{path.name}: the SDK accepts it")
            continue
        errors = [finding for finding in check(sdk, path, "flyte,client,kubernetes") if finding["severity"] == "error"]
        # A finding stands at the literal; where the literal is used is one of its labels.
        places = [place for e in errors for place in (e, *e.get("labels", ()))]
        spans = [(place["start"]["line"], place["end"]["line"]) for place in places]
        statement = statement_at(path, line)
        if not errors:
            failures.append(f"{path.name}: podlint reports no error")
        elif line and not any(statement[0] <= start <= statement[1] for start, _ in spans):
            failures.append(f"{path.name}: raises at line {line}, podlint says {spans}")
    return failures, seen


def statement_at(path, line):
    """The lines of the innermost statement around a line."""
    import ast

    nodes = [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.stmt)]
    around = [(node.lineno, node.end_lineno) for node in nodes if node.lineno <= line <= node.end_lineno]
    return min(around, key=lambda span: span[1] - span[0], default=(line, line))


def main():
    if len(sys.argv) not in (2, 3) or sys.argv[1] not in ("v1", "v2"):
        sys.exit(__doc__)
    sdk = {"v2": V2, "v1": V1}[sys.argv[1]]()
    folder = pathlib.Path(sys.argv[2]).resolve() if len(sys.argv) == 3 else CORPUS / sdk.name
    failures, pods, partly, reasons = check_equal(sdk, folder)
    refused, raising = check_raises(sdk, CORPUS / f"raises_{sdk.name}") if len(sys.argv) == 2 else ([], 0)
    print(f"{sdk.name}: {pods} pods compared, {pods - partly} fully known, {raising} files that raise")
    for reason, count in reasons.most_common():
        print(f"  dynamic {count} times: {reason}")
    for failure in failures + refused:
        print(f"  FAILED {failure}")
    sys.exit(bool(failures or refused))


if __name__ == "__main__":
    main()
