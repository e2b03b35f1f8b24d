import flyte
from kubernetes.client import V1Container, V1PodSpec

t = flyte.PodTemplate.from_spec(V1PodSpec(containers=[V1Container(name="a"), V1Container(name="b")]))
