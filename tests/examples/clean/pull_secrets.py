"""An image from a private registry."""

import flyte
from kubernetes.client import V1Container, V1LocalObjectReference, V1PodSpec

pod_template = flyte.PodTemplate(
    pod_spec=V1PodSpec(
        containers=[V1Container(name="primary")],
        image_pull_secrets=[V1LocalObjectReference(name="registry-credentials")],
    ),
)

env = flyte.TaskEnvironment(name="private", image="registry.acme.com/ml/train:2.3.0", pod_template=pod_template)
