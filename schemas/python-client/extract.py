"""Prints the models of the installed `kubernetes` package that a pod template can reach.

Run it with the interpreter of a virtual environment that holds the wanted version; `schemas/generate.sh` does.
Each attribute is `[python name, wire name, type, required]`, in the order of the constructor.
"""

import inspect
import json
import re

import kubernetes
from kubernetes.client import models

ROOTS = ["V1PodTemplate", "V1PodTemplateSpec", "V1Pod", "V1PodSpec"]


def classic(cls):
    """Clients up to 36: the tables are class attributes, what is required shows in the setters."""
    order = [name for name in inspect.signature(cls.__init__).parameters if name in cls.openapi_types]
    for name in order:
        setter = inspect.getsource(getattr(cls, name).fset)
        required = "must not be `None`" in setter
        yield [name, cls.attribute_map[name], cls.openapi_types[name], required]


def pydantic(cls):
    """Clients from 37: pydantic models, which still carry the older tables."""
    required = {field.serialization_alias or name for name, field in cls.model_fields.items() if field.is_required()}
    for name, wire in cls.attribute_map.items():
        yield [name, wire, cls.openapi_types[name], wire in required]


def main():
    found, pending = {}, list(ROOTS)
    while pending:
        name = pending.pop()
        cls = getattr(models, name, None)
        if name in found or cls is None:
            continue
        read = pydantic if hasattr(cls, "model_fields") else classic
        if not hasattr(cls, "model_fields") and not hasattr(cls, "openapi_types"):
            continue
        found[name] = list(read(cls))
        for _, _, kind, _ in found[name]:
            pending += re.findall(r"\b[A-Z]\w+", kind)
    lines = ",\n".join(
        f'  {json.dumps(name)}: [\n' + ",\n".join(f"    {json.dumps(row)}" for row in rows) + "\n  ]"
        for name, rows in sorted(found.items())
    )
    print(f'{{\n  "x-source": "kubernetes {kubernetes.__version__}",\n{lines}\n}}')


main()
