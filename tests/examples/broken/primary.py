"""Flyte looks for a container `primary`, and finds `main`."""

import flyte
from kubernetes.client import V1Container, V1EnvVar, V1PodSpec

pod_template = flyte.PodTemplate(
    primary_container_name="primary",
    pod_spec=V1PodSpec(
        containers=[V1Container(name="main", env=[V1EnvVar(name="LOG_LEVEL", value="info")])],
    ),
)
