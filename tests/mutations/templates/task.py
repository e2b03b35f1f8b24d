import flyte
from kubernetes.client import (
    V1Affinity,
    V1ConfigMapVolumeSource,
    V1Container,
    V1ContainerPort,
    V1EmptyDirVolumeSource,
    V1EnvVar,
    V1EnvVarSource,
    V1HTTPGetAction,
    V1PersistentVolumeClaimVolumeSource,
    V1PodSpec,
    V1Probe,
    V1ResourceRequirements,
    V1SecretKeySelector,
    V1SecurityContext,
    V1Toleration,
    V1Volume,
    V1VolumeMount,
)

LOGS = "logs"

template = flyte.PodTemplate(
    primary_container_name="main",
    labels={"team": "vision", "tier": "batch"},
    annotations={"example.com/owner": "vision"},
    pod_spec=V1PodSpec(
        containers=[
            V1Container(
                name="main",
                env=[
                    V1EnvVar(name="WORKERS", value="4"),
                    V1EnvVar(
                        name="TOKEN",
                        value_from=V1EnvVarSource(
                            secret_key_ref=V1SecretKeySelector(name="tokens", key="hub"),
                        ),
                    ),
                ],
                resources=V1ResourceRequirements(
                    requests={"cpu": "2", "memory": "4Gi", "nvidia.com/gpu": "1"},
                    limits={"cpu": "4", "memory": "8Gi", "nvidia.com/gpu": "1"},
                ),
                volume_mounts=[
                    V1VolumeMount(name="data", mount_path="/data", read_only=True),
                    V1VolumeMount(name=LOGS, mount_path="/var/log/train"),
                    V1VolumeMount(name="shm", mount_path="/dev/shm"),
                ],
            ),
        ],
        init_containers=[
            V1Container(
                name="shipper",  # sends the logs
                image="fluent/fluent-bit:3.0.7",
                restart_policy="Always",
                ports=[V1ContainerPort(container_port=2020, name="metrics")],
                liveness_probe=V1Probe(
                    http_get=V1HTTPGetAction(path="/", port="metrics"),
                    period_seconds=10,
                ),
                security_context=V1SecurityContext(run_as_non_root=True, run_as_user=1000),
                resources=V1ResourceRequirements(
                    requests={"cpu": "100m", "memory": "64Mi"},
                    limits={"cpu": "200m", "memory": "128Mi"},
                ),
                volume_mounts=[V1VolumeMount(name=LOGS, mount_path="/logs")],
            ),
        ],
        volumes=[
            V1Volume(
                name="data",
                persistent_volume_claim=V1PersistentVolumeClaimVolumeSource(claim_name="train-data", read_only=True),
            ),
            V1Volume(name=LOGS, empty_dir=V1EmptyDirVolumeSource()),
            V1Volume(name="shm", empty_dir=V1EmptyDirVolumeSource(medium="Memory", size_limit="1Gi")),
        ],
        tolerations=[
            V1Toleration(key="nvidia.com/gpu", operator="Exists", effect="NoSchedule"),
        ],
        node_selector={"pool": "gpu"},
    ),
)

env = flyte.TaskEnvironment(name="train", pod_template=template)
