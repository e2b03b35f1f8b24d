import flyte
from kubernetes.client import V1Container, V1ContainerPort, V1PodSpec

t = flyte.PodTemplate(pod_spec=V1PodSpec(containers=[V1Container(name="primary", ports=[V1ContainerPort(container_port="80")])]))
