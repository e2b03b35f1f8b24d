"""A sidecar whose image moves, and whose requests have no limits."""

import flyte
from kubernetes import client as k8s

pod_template = flyte.PodTemplate(
    pod_spec=k8s.V1PodSpec(
        containers=[
            k8s.V1Container(name="primary"),
            k8s.V1Container(
                name="metrics",
                image="prom/pushgateway:latest",
                resources=k8s.V1ResourceRequirements(requests={"cpu": "100m", "memory": "64Mi"}),
            ),
        ],
    ),
)
