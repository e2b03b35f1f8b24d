"""Serializes the templates of tests/examples with the installed SDK.

Those under `clean` must go through. Of those under `broken`, the ones of which podlint says that Flyte's SDK refuses
them must be refused, with the reason that podlint gives; the others fail later, in the cluster.
"""

import importlib.util
import pathlib
import sys

import flyte
import kubernetes
from flyte._internal.runtime import task_serde
from flyte.models import SerializationContext

EXAMPLES = pathlib.Path(__file__).resolve().parent.parent / "examples"
REFUSED = {"primary": "No primary container defined in the pod spec"}


def load(path):
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[path.stem] = module
    spec.loader.exec_module(module)
    return module


def templates(module):
    for value in vars(module).values():
        if isinstance(value, flyte.PodTemplate):
            yield value
        elif isinstance(value, flyte.TaskEnvironment) and isinstance(value.pod_template, flyte.PodTemplate):
            yield value.pod_template


def serialize(template):
    """What the SDK does with a template when a task is deployed."""
    env = flyte.TaskEnvironment(name="check", image="ghcr.io/acme/app:1", pod_template=template)

    @env.task
    async def work() -> int:
        return 1

    context = SerializationContext(
        project="p", domain="d", version="1", org="o", image_cache=None, code_bundle=None, root_dir=pathlib.Path(".")
    )
    return task_serde.translate_task_to_wire(work, context)


def main():
    seen = 0
    for folder in ("clean", "broken"):
        for path in sorted((EXAMPLES / folder).glob("*.py")):
            for template in templates(load(path)):
                wanted = REFUSED.get(path.stem) if folder == "broken" else None
                try:
                    serialize(template)
                    outcome = None
                except Exception as error:  # every refusal counts, whatever its type
                    outcome = str(error)
                assert (outcome is None) == (wanted is None), f"{path}: {outcome}"
                assert wanted is None or wanted in outcome, f"{path}: {outcome}"
                seen += 1
    assert seen >= 10, seen
    print(f"{seen} templates serialized with flyte and kubernetes {kubernetes.__version__} as podlint expects")


main()
