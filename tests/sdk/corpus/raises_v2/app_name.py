import flyte
import flyte.app
from kubernetes.client import V1Container, V1PodSpec

t = flyte.PodTemplate(pod_spec=V1PodSpec(containers=[V1Container(name="primary")]))
app = flyte.app.AppEnvironment(name="web", image="w:1", pod_template=t)
