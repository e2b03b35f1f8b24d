import flyte
from kubernetes.client import V1Container, V1PodSpec

side = V1Container(image="x:1")
t = flyte.PodTemplate(pod_spec=V1PodSpec(containers=[V1Container(name="primary"), side]))
