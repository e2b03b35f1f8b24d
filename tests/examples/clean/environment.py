"""Variables from a secret, a config map and the pod itself."""

import flyte
from kubernetes.client import (
    V1ConfigMapKeySelector,
    V1Container,
    V1EnvVar,
    V1EnvVarSource,
    V1ObjectFieldSelector,
    V1PodSpec,
    V1SecretKeySelector,
)

variables = [V1EnvVar(name="REGION", value="europe-west4")]
variables.append(
    V1EnvVar(
        name="DATABASE_PASSWORD",
        value_from=V1EnvVarSource(secret_key_ref=V1SecretKeySelector(name="database", key="password")),
    )
)
variables += [
    V1EnvVar(
        name="FEATURES",
        value_from=V1EnvVarSource(config_map_key_ref=V1ConfigMapKeySelector(name="features", key="enabled")),
    ),
    V1EnvVar(
        name="POD_NAME",
        value_from=V1EnvVarSource(field_ref=V1ObjectFieldSelector(field_path="metadata.name")),
    ),
]

pod_template = flyte.PodTemplate(
    pod_spec=V1PodSpec(containers=[V1Container(name="primary", env=variables)]),
)
