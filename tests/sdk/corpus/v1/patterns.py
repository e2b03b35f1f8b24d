"""flytekit: classes, helpers, overrides and the older ways of writing templates."""

import copy
from dataclasses import dataclass, field, replace
from typing import Dict, List

import flytekit as fl
from flytekit import PodTemplate, Resources, task, workflow
from flytekit.core.pod_template import PodTemplate as CorePodTemplate
from kubernetes.client.models import (
    V1Affinity,
    V1Container,
    V1EmptyDirVolumeSource,
    V1EnvVar,
    V1NodeAffinity,
    V1NodeSelector,
    V1NodeSelectorRequirement,
    V1NodeSelectorTerm,
    V1PersistentVolumeClaimVolumeSource,
    V1PodSpec,
    V1ResourceRequirements,
    V1SecurityContext,
    V1Toleration,
    V1Volume,
    V1VolumeMount,
)


def gpu_affinity(*pools):
    expression = V1NodeSelectorRequirement(key="pool", operator="In", values=list(pools))
    terms = V1NodeSelector(node_selector_terms=[V1NodeSelectorTerm(match_expressions=[expression])])
    return V1Affinity(node_affinity=V1NodeAffinity(required_during_scheduling_ignored_during_execution=terms))


affine = PodTemplate(pod_spec=V1PodSpec(containers=[V1Container(name="primary")], affinity=gpu_affinity("a", "b")))
core = CorePodTemplate(primary_container_name="main", pod_spec=V1PodSpec(containers=[V1Container(name="main")]))
positional = PodTemplate(V1PodSpec(containers=[V1Container(name="worker")]), "worker", {"l": "1"}, {"a": "2"})
positional_model = PodTemplate(
    pod_spec=V1PodSpec(containers=[V1Container(name="primary", env=[V1EnvVar("A", "1"), V1EnvVar("B", value="2")])])
)
plain_dicts = PodTemplate(
    pod_spec=V1PodSpec(
        containers=[
            V1Container(
                name="primary",
                ports=[{"containerPort": 80, "name": "http"}],
                volume_mounts=[{"name": "v", "mountPath": "/v"}],
                security_context={"runAsUser": 1000},
            )
        ],
        volumes=[{"name": "v", "emptyDir": {"sizeLimit": "1Gi", "medium": "Memory"}}],
        tolerations=[{"key": "a", "operator": "Exists"}],
        image_pull_secrets=[{"name": "regcred"}],
    )
)


@dataclass
class Pod:
    name: str
    memory: str = "1Gi"
    labels: Dict[str, str] = field(default_factory=lambda: {"team": "ml"})
    claims: List[str] = field(default_factory=list)

    def volumes(self):
        return [
            V1Volume(name=claim, persistent_volume_claim=V1PersistentVolumeClaimVolumeSource(claim_name=f"{claim}-pvc"))
            for claim in self.claims
        ]

    def build(self, **overrides) -> PodTemplate:
        labels = {**self.labels, "pod": self.name, **overrides.pop("labels", {})}
        return PodTemplate(
            pod_spec=V1PodSpec(
                containers=[
                    V1Container(
                        name="primary",
                        resources=V1ResourceRequirements(limits={"memory": self.memory}, requests={"memory": self.memory}),
                        volume_mounts=[V1VolumeMount(name=c, mount_path=f"/mnt/{c}") for c in self.claims] or None,
                    )
                ],
                volumes=self.volumes() or None,
                **overrides,
            ),
            labels=labels,
        )


built = Pod("one").build()
built_more = Pod("two", claims=["data", "models"]).build(labels={"x": "y"}, restart_policy="Never", host_network=None)
built_replaced = replace(Pod("three"), memory="9Gi").build()


@task(pod_template=built_more)
def uses_built() -> int:
    return 1


@task(pod_template=copy.deepcopy(built), limits=Resources(mem="2Gi"), container_image="ghcr.io/acme/x:2")
def uses_copy() -> int:
    return 1


@fl.task(pod_template=core, environment={"A": "1"}, requests=Resources(cpu="500m", gpu="1"))
def uses_core() -> int:
    return 1


@fl.eager(pod_template=affine)
async def eagerly() -> int:
    return 1


@workflow
def flow() -> int:
    return uses_built().with_overrides(requests=Resources(cpu="2"))


sidecars = [V1Container(name=f"side-{n}", image=f"side:{n}") for n in range(1, 4)]
many = PodTemplate(pod_spec=V1PodSpec(containers=[V1Container(name="primary"), *sidecars]))
many.pod_spec.containers[-1].image = "changed:1"
many.pod_spec.containers[1].security_context = V1SecurityContext(run_as_user=0)
many.pod_spec.init_containers = [V1Container(name="init", image="i:1", command=["true"])]
many.labels = {"n": str(len(many.pod_spec.containers))}


@task(pod_template=many)
def uses_many() -> int:
    return 1


primary_last = PodTemplate(
    pod_spec=V1PodSpec(
        containers=[V1Container(name="a", image="a:1"), V1Container(name="primary", image="p:1", args=["x"], command=["y"])],
        volumes=[V1Volume(name="shm", empty_dir=V1EmptyDirVolumeSource(medium="Memory"))],
        tolerations=[V1Toleration(key=k, operator="Exists") for k in ("a", "b")],
        node_selector=dict(zip(("x", "y"), ("1", "2"))),
    )
)


@task(pod_template=primary_last)
def uses_primary_last() -> int:
    return 1


no_template = PodTemplate(primary_container_name="custom", annotations={"only": "annotations"})


@task(pod_template=no_template, environment={"Z": "1"})
def uses_annotations() -> int:
    return 1
