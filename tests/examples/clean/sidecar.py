"""Metrics pushed to a gateway beside the task: a native sidecar, which ends with it."""

import flyte
from kubernetes import client as k8s

GATEWAY_IMAGE = "prom/pushgateway:v1.9.0"

pod_template = flyte.PodTemplate(
    primary_container_name="primary",
    pod_spec=k8s.V1PodSpec(
        containers=[k8s.V1Container(name="primary")],
        init_containers=[
            k8s.V1Container(
                name="metrics",
                image=GATEWAY_IMAGE,
                restart_policy="Always",
                ports=[{"containerPort": 9091}],
                resources=k8s.V1ResourceRequirements(
                    requests={"cpu": "100m", "memory": "64Mi"},
                    limits={"cpu": "100m", "memory": "64Mi"},
                ),
            ),
        ],
    ),
)

env = flyte.TaskEnvironment(name="sidecar", pod_template=pod_template)
