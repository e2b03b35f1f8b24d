import flyte
from kubernetes.client import V1Container, V1EmptyDirVolumeSource, V1PodSpec, V1Volume, V1VolumeMount

template = flyte.PodTemplate(
    primary_container_name="primary",
    pod_spec=V1PodSpec(
        containers=[
            V1Container(
                name="primary",
                volume_mounts=[V1VolumeMount(name="dta", mount_path="/data")],
            ),
        ],
        volumes=[V1Volume(name="data", empty_dir=V1EmptyDirVolumeSource())],
    ),
)
