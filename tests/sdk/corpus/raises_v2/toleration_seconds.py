import flyte
from kubernetes.client import V1Container, V1PodSpec, V1Toleration

t = flyte.PodTemplate(
    pod_spec=V1PodSpec(
        containers=[V1Container(name="primary")],
        tolerations=[V1Toleration(key="a", operator="Exists", toleration_seconds="5")],
    )
)
