import flyte
import flyte.app
from kubernetes.client import V1Container, V1PodSpec

t = flyte.PodTemplate(primary_container_name="app", pod_spec=V1PodSpec(containers=[V1Container(name="web")]))
app = flyte.app.AppEnvironment(name="web", image="w:1", pod_template=t)
