"""The builders of the SDK, and environments in all their forms."""

from datetime import timedelta

import flyte
import flyte.app
from flyte import PodTemplate, Resources, TaskEnvironment
from kubernetes.client import V1Capabilities, V1Container, V1EnvVar, V1PodSpec, V1ResourceRequirements, V1SecurityContext

spec = V1PodSpec(containers=[V1Container(name="main", image="main:1")])
from_only = PodTemplate.from_spec(spec)
from_named = PodTemplate.from_spec(
    V1PodSpec(containers=[V1Container(name="a"), V1Container(name="b")]), primary_container_name="b", labels={"x": "y"}
)
from_primary = PodTemplate.from_spec(V1PodSpec(containers=[V1Container(name="z"), V1Container(name="primary")]))
spec.containers[0].image = "changed:1"

fuse = PodTemplate().allow_fuse()
fuse_privileged = PodTemplate(pod_spec=V1PodSpec(containers=[V1Container(name="primary")])).allow_fuse(privileged=True)
fuse_merged = PodTemplate(
    pod_spec=V1PodSpec(
        containers=[
            V1Container(
                name="primary",
                resources=V1ResourceRequirements(limits={"cpu": "1"}),
                security_context=V1SecurityContext(capabilities=V1Capabilities(add=["NET_ADMIN"])),
            )
        ]
    ),
    annotations={"own": "1"},
).allow_fuse()
sandbox = PodTemplate().allow_nested_sandboxing()
both = PodTemplate(labels={"l": "1"}).allow_fuse().allow_nested_sandboxing()
grace = PodTemplate().with_termination_grace_period(90)
grace_delta = PodTemplate().with_termination_grace_period(timedelta(minutes=10))
grace_named = PodTemplate.from_spec(V1PodSpec(containers=[V1Container(name="w")])).with_termination_grace_period(5)

plain = PodTemplate(
    pod_spec=V1PodSpec(
        containers=[
            V1Container(
                name="primary",
                env=[V1EnvVar(name="OWN", value="1")],
                resources=V1ResourceRequirements(limits={"nvidia.com/gpu": "1", "cpu": "9"}, requests={"cpu": "9"}),
            ),
            V1Container(name="side", image="s:1"),
        ]
    )
)

env = TaskEnvironment(
    name="full",
    image="ghcr.io/acme/app:1",
    pod_template=plain,
    resources=Resources(cpu=(1, "2"), memory=("1Gi", "2Gi"), gpu=1, disk="10Gi"),
    env_vars={"A": "1", "B": "2"},
)


@env.task
async def full() -> None: ...


@env.task(pod_template=fuse, retries=2)
async def own_template() -> None: ...


clone = env.clone_with(name="clone", resources=Resources(cpu="500m"), env_vars={"C": "3"})


@clone.task
def cloned() -> None: ...


gpu_env = flyte.TaskEnvironment("gpu", image="g:1", pod_template=plain, resources=flyte.Resources(gpu="A100:2", memory="1Gi"))


@gpu_env.task
async def on_gpu() -> None: ...


@gpu_env.task(pod_template=PodTemplate(labels={"inline": "yes"}))
async def inline() -> None: ...


device_env = flyte.TaskEnvironment(
    "device", image="g:1", pod_template=plain, resources=flyte.Resources(gpu=flyte.GPU("A100", 4))
)


@device_env.task
async def on_device() -> None: ...


auto_env = TaskEnvironment(name="auto", pod_template=plain)


@auto_env.task
async def automatic() -> None: ...


def make_env(name, template):
    return TaskEnvironment(name=name, pod_template=template, image="made:1")


made_env = make_env("made", plain)


@made_env.task
async def made() -> None: ...


app_template = PodTemplate(
    primary_container_name="app",
    pod_spec=V1PodSpec(containers=[V1Container(name="app", env=[V1EnvVar(name="X", value="1")]), V1Container(name="side", image="s:1")]),
)
app = flyte.app.AppEnvironment(
    name="web", image="web:1", pod_template=app_template, port=9000, env_vars={"P": "q"}, resources=Resources(cpu=1), args=["--x"]
)
plain_app = flyte.app.AppEnvironment(name="plain-web", image="web:1", pod_template=app_template)
