import flyte
from kubernetes.client import V1Container, V1PodSpec

options = {"name": "primary", "imagePull": "Always"}
t = flyte.PodTemplate(pod_spec=V1PodSpec(containers=[V1Container(**options)]))
