"""A task in a pod of your own: environment variable, and more time to end."""

import flyte
from kubernetes.client import V1Container, V1EnvVar, V1PodSpec

pod_template = flyte.PodTemplate(
    primary_container_name="primary",
    labels={"team": "ranking"},
    annotations={"acme.com/owner": "ranking@acme.com"},
    pod_spec=V1PodSpec(
        containers=[V1Container(name="primary", env=[V1EnvVar(name="LOG_LEVEL", value="info")])],
        termination_grace_period_seconds=60,
    ),
)

env = flyte.TaskEnvironment(
    name="basic",
    image=flyte.Image.from_debian_base().with_pip_packages("kubernetes"),
    pod_template=pod_template,
)


@env.task
async def greet(name: str) -> str:
    return f"Hello, {name}"
