import flyte
from kubernetes.client import V1Container, V1PodSpec

import flyte.app

web = flyte.app.AppEnvironment(
    name="web",
    image="w:1",
    pod_template=flyte.PodTemplate(primary_container_name="web", pod_spec=V1PodSpec(containers=[V1Container(name="web")])),
)
