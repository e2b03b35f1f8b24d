"""Stands in for the flyte SDK under CPython: keeps every template and task environment that a program makes."""

import dataclasses
from typing import Any

made = []


@dataclasses.dataclass
class PodTemplate:
    pod_spec: Any = None
    primary_container_name: str = "primary"
    labels: dict | None = None
    annotations: dict | None = None

    def __new__(cls, *args, **kwargs):
        self = super().__new__(cls)
        made.append(self)
        return self
