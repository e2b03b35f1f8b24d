import flytekit
from kubernetes.client import V1PodSpec

t = flytekit.PodTemplate(pod_spec=V1PodSpec(containers=[{"name": "primary"}]))
