import flyte
from kubernetes.client import V1PodSpec

t = flyte.PodTemplate(pod_spec=V1PodSpec())
