import flyte
from kubernetes.client import V1Container, V1PodSpec

container = V1Container(name="primary")
container.image = 5
t = flyte.PodTemplate(pod_spec=V1PodSpec(containers=[container]))
