import flyte
from kubernetes.client import V1PodSpec

t = flyte.PodTemplate.from_spec(V1PodSpec(containers=[]))
