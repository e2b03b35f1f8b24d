"""The shapes of the documentation's examples: a basic one, volumes, GCS FUSE, sidecar, pull secrets, labels, environment."""

import flyte
from kubernetes.client import (
    V1Container,
    V1ContainerPort,
    V1CSIVolumeSource,
    V1EmptyDirVolumeSource,
    V1EnvVar,
    V1EnvVarSource,
    V1LocalObjectReference,
    V1PersistentVolumeClaimVolumeSource,
    V1PodSpec,
    V1ResourceRequirements,
    V1SecretKeySelector,
    V1Toleration,
    V1Volume,
    V1VolumeMount,
)

basic = flyte.PodTemplate(
    primary_container_name="primary",
    labels={"team": "ml", "tier": "gold"},
    annotations={"iam.amazonaws.com/role": "training"},
    pod_spec=V1PodSpec(
        containers=[V1Container(name="primary", env=[V1EnvVar(name="LEVEL", value="info")])],
        tolerations=[V1Toleration(key="gpu", operator="Equal", value="yes", effect="NoSchedule")],
        node_selector={"pool": "a"},
    ),
)

volume = flyte.PodTemplate(
    pod_spec=V1PodSpec(
        containers=[V1Container(name="primary", volume_mounts=[V1VolumeMount(name="data", mount_path="/data", read_only=True)])],
        volumes=[
            V1Volume(name="data", persistent_volume_claim=V1PersistentVolumeClaimVolumeSource(claim_name="shared")),
            V1Volume(name="scratch", empty_dir=V1EmptyDirVolumeSource(medium="Memory", size_limit="1Gi")),
        ],
    ),
)

fuse_bucket = flyte.PodTemplate(
    annotations={"gke-gcsfuse/volumes": "true", "gke-gcsfuse/cpu-limit": "1"},
    pod_spec=V1PodSpec(
        service_account_name="reader",
        containers=[V1Container(name="primary", volume_mounts=[V1VolumeMount(name="bucket", mount_path="/mnt/bucket")])],
        volumes=[
            V1Volume(
                name="bucket",
                csi=V1CSIVolumeSource(
                    driver="gcsfuse.csi.storage.gke.io",
                    read_only=False,
                    volume_attributes={"bucketName": "models", "mountOptions": "implicit-dirs"},
                ),
            )
        ],
    ),
)

sidecar = flyte.PodTemplate(
    pod_spec=V1PodSpec(
        containers=[V1Container(name="primary")],
        init_containers=[
            V1Container(
                name="metrics",
                image="prom/pushgateway:v1.9.0",
                restart_policy="Always",
                ports=[V1ContainerPort(container_port=9091)],
                resources=V1ResourceRequirements(
                    requests={"cpu": "100m", "memory": "64Mi"}, limits={"cpu": "100m", "memory": "64Mi"}
                ),
            )
        ],
    ),
)

pull_secrets = flyte.PodTemplate(
    pod_spec=V1PodSpec(
        containers=[V1Container(name="primary")],
        image_pull_secrets=[V1LocalObjectReference(name="registry"), V1LocalObjectReference(name="mirror")],
    ),
)

only_labels = flyte.PodTemplate(labels={"queue": "gpu"}, annotations={"note": "x"})
nothing = flyte.PodTemplate()
no_containers = flyte.PodTemplate(pod_spec=V1PodSpec(containers=[], node_selector={"a": "b"}))

environment = flyte.PodTemplate(
    pod_spec=V1PodSpec(
        containers=[
            V1Container(
                name="primary",
                env=[
                    V1EnvVar(name="A", value="1"),
                    V1EnvVar(
                        name="TOKEN",
                        value_from=V1EnvVarSource(secret_key_ref=V1SecretKeySelector(name="s", key="k", optional=False)),
                    ),
                ],
            )
        ],
    ),
)

env_basic = flyte.TaskEnvironment(name="basic", pod_template=basic, image="ghcr.io/acme/train:1.2")


@env_basic.task
async def uses_basic(x: int) -> int:
    return x


env_labels = flyte.TaskEnvironment(
    name="labels", pod_template=only_labels, image="ghcr.io/acme/train:1.2", resources=flyte.Resources(cpu=1, memory="2Gi")
)


@env_labels.task
async def uses_labels() -> None: ...


@env_labels.task(pod_template=volume)
async def uses_volume() -> None: ...
