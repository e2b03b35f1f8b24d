from flytekit import PodTemplate
from kubernetes.client import V1Container, V1PodSpec, V1VolumeMount

mount = V1VolumeMount(name="v")
t = PodTemplate(pod_spec=V1PodSpec(containers=[V1Container(name="primary", volume_mounts=[mount])]))
