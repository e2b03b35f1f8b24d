import flyte
from kubernetes.client import V1Container, V1PodSpec, V1ResourceRequirements

GPUS = 2
t = flyte.PodTemplate(
    pod_spec=V1PodSpec(
        containers=[V1Container(name="primary", resources=V1ResourceRequirements(limits={"nvidia.com/gpu": GPUS}))]
    )
)
