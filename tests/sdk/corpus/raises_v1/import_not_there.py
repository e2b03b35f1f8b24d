import flytekit
from kubernetes.client import V1Contaner, V1PodSpec

t = flytekit.PodTemplate(pod_spec=V1PodSpec(containers=[V1Contaner(name="primary")]))
