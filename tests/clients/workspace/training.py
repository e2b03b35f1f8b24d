"""A training task with a proxy beside it; what is wrong here is what the clients are to show."""

import flyte
from kubernetes.client import (
    V1Container,
    V1EmptyDirVolumeSource,
    V1PodSpec,
    V1ResourceRequirements,
    V1Volume,
    V1VolumeMount,
)

pod_template = flyte.PodTemplate(
    primary_container_name="main",
    pod_spec=V1PodSpec(
        containers=[
            V1Container(
                name="main",
                volume_mounts=[V1VolumeMount(name="dta", mount_path="/mnt/data")],
            ),
            V1Container(
                name="proxy",
                image="envoyproxy/envoy",
                resources=V1ResourceRequirements(limits={"cpu": "1", "memory": "512Mi"}),
            ),
        ],
        volumes=[V1Volume(name="data", empty_dir=V1EmptyDirVolumeSource(medium="Memory"))],
    ),
)

env = flyte.TaskEnvironment(name="training", pod_template=pod_template)


@env.task
async def train(epochs: int) -> float:
    return 1.0 / epochs
