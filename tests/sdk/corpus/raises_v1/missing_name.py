import flytekit
from kubernetes.client import V1Container, V1PodSpec

t = flytekit.PodTemplate(pod_spec=V1PodSpec(containers=[V1Container(image="a:1")]))
