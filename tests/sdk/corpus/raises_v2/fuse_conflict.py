import flyte
from kubernetes.client import V1Container, V1PodSpec, V1SecurityContext

context = V1SecurityContext(privileged=False)
t = flyte.PodTemplate(pod_spec=V1PodSpec(containers=[V1Container(name="primary", security_context=context)]))
u = t.allow_fuse(privileged=True)
