import flyte
from kubernetes.client import V1PodSpec

import kubernetes.client

t = flyte.PodTemplate(pod_spec=V1PodSpec(containers=[kubernetes.client.V1Containr(name="primary")]))
