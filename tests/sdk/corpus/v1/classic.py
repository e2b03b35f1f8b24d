"""What the older clients let through as it is: plain dicts, positional arguments, numbers."""

from flytekit import PodTemplate
from kubernetes.client import V1Container, V1EnvVar, V1PodSpec, V1ResourceRequirements, V1SecurityContext, V1Volume

camel = PodTemplate(
    pod_spec=V1PodSpec(
        containers=[
            V1Container(
                name="primary",
                ports=[{"containerPort": 9091, "name": "http"}],
                volume_mounts=[{"name": "v", "mountPath": "/v", "readOnly": True}],
            )
        ],
        volumes=[{"name": "v", "emptyDir": {"medium": "Memory"}}],
    )
)
numbers = PodTemplate(
    pod_spec=V1PodSpec(
        containers=[V1Container(name="primary", resources=V1ResourceRequirements(limits={"cpu": 1, "nvidia.com/gpu": 2}))]
    )
)
tuples = PodTemplate(pod_spec=V1PodSpec(containers=[V1Container(name="primary", args=("a", "b"))]))
ordered = PodTemplate(pod_spec=V1PodSpec(containers=[V1Container(name="primary", env=[V1EnvVar("A", "1")])]))
dict_volume = PodTemplate(
    pod_spec=V1PodSpec(
        containers=[V1Container(name="primary", volume_mounts=[])], volumes=[V1Volume(name="v", empty_dir={})]
    )
)
security = PodTemplate(
    pod_spec=V1PodSpec(
        containers=[V1Container(name="primary", security_context=V1SecurityContext(run_as_user=1000, privileged=False))],
        host_pid=True,
        set_hostname_as_fqdn=False,
        termination_grace_period_seconds=0,
        share_process_namespace=None,
    )
)
nested_none = PodTemplate(
    pod_spec=V1PodSpec(containers=[V1Container(name="primary", resources=V1ResourceRequirements(limits=None, requests={}))])
)
