import flyte
from kubernetes.client import V1CSIVolumeSource, V1Container, V1PodSpec, V1Volume

t = flyte.PodTemplate(
    pod_spec=V1PodSpec(
        containers=[V1Container(name="primary")],
        volumes=[V1Volume(name="v", csi=V1CSIVolumeSource(read_only=True))],
    )
)
