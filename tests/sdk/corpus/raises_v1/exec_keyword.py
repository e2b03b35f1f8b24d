import flytekit
from kubernetes.client import V1Container, V1ExecAction, V1PodSpec, V1Probe

probe = V1Probe(exec=V1ExecAction(command=["true"]))
t = flytekit.PodTemplate(pod_spec=V1PodSpec(containers=[V1Container(name="primary", liveness_probe=probe)]))
