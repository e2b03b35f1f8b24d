import flytekit
from kubernetes.client import V1PodSpec

from kubernetes import client

t = flytekit.PodTemplate(pod_spec=client.V1PodSpecc(containers=[]))
