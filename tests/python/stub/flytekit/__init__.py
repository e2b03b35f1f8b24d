"""Stands in for flytekit under CPython."""

import functools

import flyte
from kubernetes.client import V1PodSpec


class PodTemplate(flyte.PodTemplate):
    def __init__(self, pod_spec=None, *rest, **named):
        super().__init__(V1PodSpec(containers=[]) if pod_spec is None else pod_spec, *rest, **named)


def task(function=None, pod_template=None, **settings):
    if function is None:
        return functools.partial(task, pod_template=pod_template, **settings)
    flyte.tasks.append((function.__name__, pod_template, None))
    return function
