import flyte
from kubernetes.client import V1Container, V1PodSpec

spec = V1PodSpec(containers=[V1Container(name="primary")])
env = flyte.TaskEnvironment(name="r", pod_template=spec)
