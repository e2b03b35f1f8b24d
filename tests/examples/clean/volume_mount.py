"""A data set on a persistent volume claim, mounted where the task reads it."""

import flyte
from kubernetes.client import (
    V1Container,
    V1PersistentVolumeClaimVolumeSource,
    V1PodSpec,
    V1Volume,
    V1VolumeMount,
)

DATASETS = "datasets"

pod_template = flyte.PodTemplate(
    pod_spec=V1PodSpec(
        containers=[
            V1Container(
                name="primary",
                volume_mounts=[V1VolumeMount(name=DATASETS, mount_path="/mnt/datasets", read_only=True)],
            ),
        ],
        volumes=[
            V1Volume(
                name=DATASETS,
                persistent_volume_claim=V1PersistentVolumeClaimVolumeSource(claim_name="datasets", read_only=True),
            ),
        ],
    ),
)

env = flyte.TaskEnvironment(name="volume_mount", pod_template=pod_template)
