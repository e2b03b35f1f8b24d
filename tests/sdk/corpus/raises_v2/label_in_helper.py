import flyte
from kubernetes.client import V1Container, V1PodSpec

def make(version):
    return flyte.PodTemplate(pod_spec=V1PodSpec(containers=[V1Container(name="primary")]), labels={"version": version})


t = make(2)
