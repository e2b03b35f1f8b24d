import flyte
from kubernetes.client import V1Container, V1HTTPGetAction, V1PodSpec, V1Probe

probe = V1Probe(http_get=V1HTTPGetAction(path="/"))
t = flyte.PodTemplate(pod_spec=V1PodSpec(containers=[V1Container(name="primary", readiness_probe=probe)]))
