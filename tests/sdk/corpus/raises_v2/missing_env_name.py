import flyte
from kubernetes.client import V1Container, V1EnvVar, V1PodSpec

def variable(value):
    return V1EnvVar(value=value)


t = flyte.PodTemplate(pod_spec=V1PodSpec(containers=[V1Container(name="primary", env=[variable("1")])]))
