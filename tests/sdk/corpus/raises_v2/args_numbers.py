import flyte
from kubernetes.client import V1Container, V1PodSpec

t = flyte.PodTemplate(
    pod_spec=V1PodSpec(containers=[V1Container(name="primary"), V1Container(name="s", image="s:1", args=["--port", 80])])
)
