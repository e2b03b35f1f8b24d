"""Names from other modules of the project."""

import copy

import flyte
import shared
import shared.nested.limits as limits
from kubernetes.client import V1Container, V1PodSpec
from shared import constants as c
from shared import sidecar, template
from shared.containers import DEFAULT
from shared.nested.limits import SIDE_TAG

helper = template(sidecar(), team="ml")
tagged = template(V1Container(name="t", image=f"x:{SIDE_TAG}"))
dotted = flyte.PodTemplate(pod_spec=V1PodSpec(containers=[shared.sidecar("primary" if False else "side"), V1Container(name="primary", image=c.image("train"), resources=limits.limits_of("1", memory="2Gi"))]))
own_copy = copy.deepcopy(DEFAULT)
own_copy.labels["more"] = "1"
env = flyte.TaskEnvironment(name="shared", image="i:1", pod_template=DEFAULT)


@env.task
async def uses_shared() -> None: ...


@env.task(pod_template=shared.containers.template(shared.containers.sidecar(tty=True), a="b"))
async def uses_module() -> None: ...
