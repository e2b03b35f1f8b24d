import flyte
from kubernetes.client import V1Container, V1PodSpec, V1SecurityContext

t = flyte.PodTemplate(
    pod_spec=V1PodSpec(containers=[V1Container(name="primary", security_context=V1SecurityContext(privileged="true"))])
)
