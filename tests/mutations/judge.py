"""Judges what fixes made of mutants, with CPython and PyYAML: one JSON object per line, see main.rs."""

import ast
import collections
import json
import sys
import warnings

import yaml

warnings.simplefilter("ignore")
CLASSES = {"V1Volume": ("name",), "V1Container": ("name",), "V1VolumeMount": ("name", "mount_path")}
LISTS = {
    "volumes": ("name",),
    "containers": ("name",),
    "initContainers": ("name",),
    "volumeMounts": ("name", "mountPath"),
}


class Strict(yaml.SafeLoader):
    """Refuses keys that are given twice, as sigs.k8s.io/yaml does."""


def mapping(loader, node, deep=False):
    keys = [loader.construct_object(key, deep=True) for key, _ in node.value if key.tag != "tag:yaml.org,2002:merge"]
    repeated = [key for key, times in collections.Counter(map(str, keys)).items() if times > 1]
    if repeated:
        raise yaml.YAMLError(f"repeated keys: {repeated}")
    loader.flatten_mapping(node)
    return {loader.construct_object(k, deep=True): loader.construct_object(v, deep=True) for k, v in node.value}


Strict.add_constructor("tag:yaml.org,2002:map", mapping)


def parts_of_program(text):
    """The volumes, mounts and containers that a program makes, as far as they are written out."""
    found = collections.Counter()
    for node in ast.walk(ast.parse(text)):
        name = getattr(node.func, "id", getattr(node.func, "attr", None)) if isinstance(node, ast.Call) else None
        if name in CLASSES:
            values = {keyword.arg: ast.unparse(keyword.value) for keyword in node.keywords}
            if all(key in values for key in CLASSES[name]):
                found[(name, *(values[key] for key in CLASSES[name]))] += 1
    return found


def parts_of_manifest(text):
    found = collections.Counter()

    def walk(node):
        if isinstance(node, list):
            for item in node:
                walk(item)
        if isinstance(node, dict):
            for key, value in node.items():
                if key in LISTS and isinstance(value, list):
                    items = (item for item in value if isinstance(item, dict))
                    for item in items:
                        if all(isinstance(item.get(name), str) for name in LISTS[key]):
                            # A container stays one when it moves to the init containers.
                            part = "containers" if key == "initContainers" else key
                            found[(part, *(item[name] for name in LISTS[key]))] += 1
                walk(value)

    for document in yaml.load_all(text, Strict):
        walk(document)
    return found


def leaves(language, text):
    """The scalars of a text, each with the key before it."""
    found = collections.Counter()
    if language == "py":
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.keyword) and isinstance(node.value, ast.Constant):
                found[(node.arg, repr(node.value.value))] += 1
            if isinstance(node, ast.Dict):
                for key, value in zip(node.keys, node.values):
                    if isinstance(key, ast.Constant) and isinstance(value, ast.Constant):
                        found[(key.value, repr(value.value))] += 1
        return found

    def walk(node, key):
        if isinstance(node, dict):
            for inner, value in node.items():
                walk(value, inner)
        elif isinstance(node, list):
            for item in node:
                walk(item, key)
        else:
            found[(key, repr(node))] += 1

    for document in yaml.load_all(text, Strict):
        walk(document, None)
    return found


def attempt(read, *arguments):
    try:
        return read(*arguments)
    except (SyntaxError, ValueError, TypeError, yaml.YAMLError):
        return None


def harm(case):
    """What is wrong with a fixed text; nothing where all is well."""
    language = case["file"].rsplit(".", 1)[-1]
    parts = parts_of_program if language == "py" else parts_of_manifest
    if language == "py":
        try:
            compile(case["fixed"], case["file"], "exec")
        except SyntaxError as error:
            if attempt(compile, case["mutant"], case["file"], "exec") is not None:
                return f"does not compile: {error}"
    elif attempt(parts, case["fixed"]) is None and attempt(parts, case["mutant"]) is not None:
        return "is not YAML any more"
    original, mutant, fixed = (attempt(parts, case[kind]) for kind in ("original", "mutant", "fixed"))
    if mutant is None or fixed is None:
        return None
    lost = (original & mutant) - fixed
    if lost:
        return f"lost {dict(lost)}"
    original, mutant, fixed = (leaves(language, case[kind]) for kind in ("original", "mutant", "fixed"))
    named = " ".join(f"{done['before']} {done['title']}" for done in case["done"])
    unsaid = [leaf for leaf in (original & mutant) - fixed if leaf[1].strip("'") not in named and str(leaf[0]) not in named]
    return f"changed without saying so: {unsaid}" if unsaid else None


def main():
    cases = [json.loads(line) for line in sys.stdin]
    harmed = 0
    for case in cases:
        if wrong := harm(case):
            harmed += 1
            print(f"{case['file']} ({case['option']}) {wrong}\n{json.dumps(case['done'], indent=1)}\n{case['mutant']}\n--- fixed\n{case['fixed']}")
    print(f"judged {len(cases)} fixed texts: {harmed} harmed")
    return 1 if harmed else 0


if __name__ == "__main__":
    sys.exit(main())
