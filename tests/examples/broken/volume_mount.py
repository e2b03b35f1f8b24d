"""The mount misspells the volume."""

import flyte
from kubernetes.client import V1Container, V1EmptyDirVolumeSource, V1PodSpec, V1Volume, V1VolumeMount

pod_template = flyte.PodTemplate(
    pod_spec=V1PodSpec(
        containers=[
            V1Container(name="primary", volume_mounts=[V1VolumeMount(name="dta", mount_path="/mnt/data")]),
        ],
        volumes=[V1Volume(name="data", empty_dir=V1EmptyDirVolumeSource(medium="Memory"))],
    ),
)
