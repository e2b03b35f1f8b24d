import flyte
from kubernetes.client import V1Container, V1PodSpec

NAME = None
t = flyte.PodTemplate(pod_spec=V1PodSpec(containers=[V1Container(name=NAME)]))
