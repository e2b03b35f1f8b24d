import flyte
from kubernetes.client import V1Container, V1PodSpec

from . import constants
from .nested.limits import limits_of

DEFAULT = flyte.PodTemplate(labels={"from": "shared"}, pod_spec=V1PodSpec(containers=[V1Container(name="primary")]))


def sidecar(name="side", **more):
    return V1Container(name=name, image=constants.image(name), resources=limits_of("100m"), **more)


def template(*sidecars, **labels):
    return flyte.PodTemplate(pod_spec=V1PodSpec(containers=[V1Container(name="primary"), *sidecars]), labels=labels)
