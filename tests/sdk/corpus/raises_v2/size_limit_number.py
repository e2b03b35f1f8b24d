import flyte
from kubernetes.client import V1Container, V1EmptyDirVolumeSource, V1PodSpec, V1Volume

t = flyte.PodTemplate(
    pod_spec=V1PodSpec(
        containers=[V1Container(name="primary")],
        volumes=[V1Volume(name="v", empty_dir=V1EmptyDirVolumeSource(size_limit=1))],
    )
)
