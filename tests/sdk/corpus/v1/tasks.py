"""flytekit: templates on tasks in every form."""

import functools

import flytekit
from flytekit import ImageSpec, PodTemplate, Resources, dynamic, task
from kubernetes import client
from kubernetes.client import V1Container, V1ContainerPort, V1EnvVar, V1PodSpec, V1ResourceRequirements, V1Toleration

two = PodTemplate(
    primary_container_name="primary",
    labels={"a": "b"},
    annotations={"c": "d"},
    pod_spec=V1PodSpec(
        containers=[
            V1Container(
                name="primary",
                env=[V1EnvVar(name="OWN", value="1")],
                resources=V1ResourceRequirements(limits={"nvidia.com/gpu": "1", "memory": "8Gi"}),
            ),
            V1Container(name="side", image="side:1", ports=[V1ContainerPort(container_port=80)]),
        ],
        tolerations=[V1Toleration(key="x", operator="Exists")],
    ),
)


@task(pod_template=two)
def bare() -> int:
    return 1


@task(pod_template=two, requests=Resources(cpu="1"), limits=Resources(cpu="2", mem="4Gi"), environment={"E": "f"})
def replaced_resources() -> int:
    return 1


@task(pod_template=two, resources=Resources(cpu=("1", "2"), mem="1Gi", gpu=1, ephemeral_storage="5Gi"))
def paired_resources() -> int:
    return 1


@task(pod_template=two, container_image="ghcr.io/acme/own:1")
def own_image() -> int:
    return 1


@dynamic(pod_template=two, environment={"D": "1"})
def dynamically() -> int:
    return bare()


@flytekit.task(pod_template=flytekit.PodTemplate(labels={"inline": "yes"}), cache=True, cache_version="1")
def inline() -> int:
    return 1


missing = PodTemplate(pod_spec=V1PodSpec(containers=[V1Container(name="side", image="s:1")]))
empty = PodTemplate(pod_spec=V1PodSpec(containers=[]))
nothing = PodTemplate()
named = PodTemplate(primary_container_name="worker", pod_spec=V1PodSpec(containers=[V1Container(name="worker")]))
no_image = PodTemplate(pod_spec=V1PodSpec(containers=[V1Container(name="primary"), V1Container(name="side")]))
command = PodTemplate(
    pod_spec=V1PodSpec(containers=[V1Container(name="primary", command=["x"], args=["y"], image="kept:1")])
)
positional = PodTemplate(V1PodSpec(containers=[V1Container(name="main")]), "main", {"l": "1"}, {"an": "2"})
placeholder = PodTemplate(
    pod_spec=V1PodSpec(
        containers=[V1Container(name="primary", image="{{.image.default}}"), V1Container(name="side", image="{{.image.default}}")]
    )
)

gpu_task = functools.partial(task, pod_template=two, requests=Resources(gpu="1"))


@gpu_task()
def partial_task() -> int:
    return 1


@gpu_task(requests=Resources(cpu="3"))
def partial_overridden() -> int:
    return 1


def template_of(size, **labels):
    return PodTemplate(
        labels=labels,
        pod_spec=client.V1PodSpec(
            containers=[
                client.V1Container(
                    name="primary", resources=client.V1ResourceRequirements(limits={"memory": f"{size}Gi"})
                )
            ],
            node_selector={"size": str(size)},
        ),
    )


@task(pod_template=template_of(16, team="ml"))
def sized() -> int:
    return 1


SIZES = {"small": 2, "large": 64}
small = template_of(SIZES["small"])
large = template_of(SIZES["large"], kind="large")
