import flyte
from kubernetes.client import V1Container, V1PodSpec, V1VolumeMount

t = flyte.PodTemplate(pod_spec=V1PodSpec(containers=[V1Container(name="primary", env=[V1VolumeMount(name="a", mount_path="/a")])]))
