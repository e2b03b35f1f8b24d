import flytekit
from kubernetes.client import V1Container, V1PodSpec

container = V1Container(name="primary")
container.name = None
t = flytekit.PodTemplate(pod_spec=V1PodSpec(containers=[container]))
