import flyte
from kubernetes.client import V1Container, V1PodSpec

NAMES = ["a", "b"]
t = flyte.PodTemplate(
    primary_container_name="c", pod_spec=V1PodSpec(containers=[V1Container(name=n, image="x:1") for n in NAMES])
)
