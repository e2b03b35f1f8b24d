from flytekit import PodTemplate, task
from kubernetes import client as k8s


def mount(name, path):
    return k8s.V1VolumeMount(name=name, mount_path=path)


def small():
    return k8s.V1ResourceRequirements(
        requests={"cpu": "100m", "memory": "64Mi"},
        limits={"cpu": "200m", "memory": "128Mi"},
    )


template = PodTemplate(
    primary_container_name="primary",
    pod_spec=k8s.V1PodSpec(
        containers=[
            k8s.V1Container(
                name="primary",
                volume_mounts=[mount("cache", "/cache"), mount("config", "/etc/app")],
                env=[k8s.V1EnvVar(name="MODE", value="train"), k8s.V1EnvVar(name="DEPTH", value="3")],
            ),
        ],
        init_containers=[
            k8s.V1Container(
                name="fetch",
                image="curlimages/curl:8.10.1",
                command=["curl", "-o", "/cache/model", "https://example.com/model"],
                resources=small(),
                volume_mounts=[mount("cache", "/cache")],
            ),
        ],
        volumes=[
            k8s.V1Volume(name="cache", empty_dir=k8s.V1EmptyDirVolumeSource(size_limit="10Gi")),
            k8s.V1Volume(name="config", config_map=k8s.V1ConfigMapVolumeSource(name="app", items=[
                k8s.V1KeyToPath(key="app.yaml", path="app.yaml", mode=0o444),
            ])),
        ],
        image_pull_secrets=[k8s.V1LocalObjectReference(name="registry")],
    ),
)


@task(pod_template=template)
def train() -> int:
    return 1
