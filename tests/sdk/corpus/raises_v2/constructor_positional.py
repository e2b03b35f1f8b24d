import flyte
from kubernetes.client import V1Container, V1EnvVar, V1PodSpec

def env(**values):
    return [V1EnvVar(name, value) for name, value in values.items()]


t = flyte.PodTemplate(pod_spec=V1PodSpec(containers=[V1Container(name="primary", env=env(A="1"))]))
