from flytekit import PodTemplate
from kubernetes.client import V1Container, V1PodSpec

t = PodTemplate(pod_spec=V1PodSpec(containers=[V1Container(name="primary", volumeMounts=[])]))
