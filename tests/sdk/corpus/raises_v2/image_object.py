import flyte
from kubernetes.client import V1Container, V1PodSpec

t = flyte.PodTemplate(
    pod_spec=V1PodSpec(
        containers=[V1Container(name="primary"), V1Container(name="s", image=flyte.Image.from_debian_base())]
    )
)
