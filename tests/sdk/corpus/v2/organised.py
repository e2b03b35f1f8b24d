"""How larger projects organise templates: registries, factories, mixins, context managers and settings."""

import contextlib
import copy
import dataclasses
import os
from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from typing import Any, Callable, ClassVar, Dict, List, Optional

import flyte
from flyte import PodTemplate as Template
from kubernetes.client import V1Container, V1EnvVar, V1PodSpec, V1ResourceRequirements, V1Toleration, V1Volume, V1VolumeMount
from kubernetes.client import models as m

REGISTRY: Dict[str, Template] = {}
BUILDERS: Dict[str, Callable[..., Template]] = {}


def register(name: str):
    def inner(function):
        BUILDERS[name] = function
        return function

    return inner


@register("small")
def _small(**labels: str) -> Template:
    return Template(pod_spec=V1PodSpec(containers=[V1Container(name="primary")]), labels=labels or None)


@register("gpu")
def _gpu(count: int = 1, *, pool: str = "a100", **labels: str) -> Template:
    return Template(
        pod_spec=V1PodSpec(
            containers=[
                V1Container(name="primary", resources=V1ResourceRequirements(limits={"nvidia.com/gpu": str(count)}))
            ],
            node_selector={"pool": pool},
        ),
        labels=labels,
    )


small = BUILDERS["small"]()
small_labelled = BUILDERS["small"](team="x")
gpu = BUILDERS.get("gpu")(2, pool="h100", team="y")
for key, build in BUILDERS.items():
    REGISTRY[key] = build()
registered_small = REGISTRY["small"]
registered_gpu = REGISTRY["gpu"]


class Base(ABC):
    name: ClassVar[str] = "base"
    sidecars: List[V1Container] = []

    def __init__(self, **options: Any) -> None:
        self.options = options
        self._labels: Dict[str, str] = {}

    @abstractmethod
    def containers(self) -> List[V1Container]: ...

    def __call__(self) -> Template:
        return self.template()

    def template(self) -> Template:
        spec = V1PodSpec(containers=self.containers() + self.sidecars)
        self.adjust(spec)
        return Template(pod_spec=spec, labels={"class": self.__class__.__name__, **self._labels})

    def adjust(self, spec: V1PodSpec) -> None:
        """Subclasses may."""


class Plain(Base):
    def containers(self):
        return [V1Container(name="primary", **self.options)]


class WithLogging(Base):
    sidecars = [V1Container(name="log", image="log:1")]

    def adjust(self, spec):
        super().adjust(spec)
        spec.volumes = [V1Volume(name="logs", empty_dir=m.V1EmptyDirVolumeSource())]
        for container in spec.containers:
            container.volume_mounts = [V1VolumeMount(name="logs", mount_path="/logs")]


class Tolerant:
    def adjust(self, spec):
        super().adjust(spec)
        spec.tolerations = [V1Toleration(operator="Exists")]


class Mixed(Tolerant, WithLogging, Plain):
    name = "mixed"


plain = Plain(tty=True).template()
logging_plain = type("LoggingPlain", (WithLogging, Plain), {})().template() if False else Plain().template()
mixed = Mixed(stdin=True)()


@dataclass(frozen=True)
class Side:
    name: str
    image: str = "side:1"
    env: Dict[str, str] = field(default_factory=dict)

    def container(self) -> V1Container:
        return V1Container(name=self.name, image=self.image, env=[V1EnvVar(name=k, value=v) for k, v in self.env.items()] or None)


@dataclass
class Profile:
    cpu: str = "1"
    sides: List[Side] = field(default_factory=list)
    extra: Optional[Dict[str, str]] = None
    limits: Dict[str, str] = field(init=False)

    def __post_init__(self):
        self.limits = {"cpu": self.cpu, **(self.extra or {})}

    def with_side(self, side: Side) -> "Profile":
        return dataclasses.replace(self, sides=[*self.sides, side])

    @property
    def template(self) -> Template:
        primary = V1Container(name="primary", resources=V1ResourceRequirements(limits=self.limits))
        return Template(pod_spec=V1PodSpec(containers=[primary, *(side.container() for side in self.sides)]))


profile = Profile("2", extra={"memory": "1Gi"}).with_side(Side("a")).with_side(Side("b", env={"X": "1"})).template
PROFILES = {size: Profile(cpu=str(2**n)) for n, size in enumerate(("s", "m", "l"))}
large = PROFILES["l"].template


@contextlib.contextmanager
def editing(template):
    clone = copy.deepcopy(template)
    yield clone


with_labels = copy.deepcopy(small)
with_labels.labels = {**(with_labels.labels or {}), "stage": "prod"}


def mutate(template: Template, *steps: Callable[[Template], None]) -> Template:
    template = copy.deepcopy(template)
    for step in steps:
        step(template)
    return template


def add_env(**variables):
    def step(template):
        for container in template.pod_spec.containers:
            container.env = (container.env or []) + [V1EnvVar(name=k, value=v) for k, v in variables.items()]

    return step


def set_class(name):
    return lambda template: setattr(template.pod_spec, "priority_class_name", name)


mutated = mutate(small, add_env(A="1", B="2"), set_class("high"))
counter = 0


def next_name(prefix="side"):
    global counter
    counter += 1
    return f"{prefix}-{counter}"


numbered = Template(
    pod_spec=V1PodSpec(containers=[V1Container(name="primary")] + [V1Container(name=next_name(), image="n:1") for _ in range(3)])
)


def accumulate(container, bucket=None):
    bucket = [] if bucket is None else bucket
    bucket.append(container)
    return bucket


accumulated = Template(pod_spec=V1PodSpec(containers=accumulate(V1Container(name="primary"), accumulate(V1Container(name="x", image="x:1")))))


def shared_default(container, bucket=[]):  # noqa: B006
    bucket.append(container)
    return list(bucket)


shared_default(V1Container(name="primary"))
shared = Template(pod_spec=V1PodSpec(containers=shared_default(V1Container(name="second", image="s:1"))))


def keyword_only(*, name, image="k:1", **rest):
    return V1Container(name=name, image=image, **rest)


def positional_only(name, /, image, *more, tty=False):
    return V1Container(name=name, image=image, args=list(more) or None, tty=tty)


signatures = Template(
    pod_spec=V1PodSpec(
        containers=[keyword_only(name="primary", stdin=True), positional_only("p", "p:1", "a", "b", tty=True)]
    )
)


def outer():
    labels = {}

    def set_label(key, value):
        nonlocal labels
        labels = {**labels, key: value}

    set_label("a", "1")
    set_label("b", "2")
    return Template(labels=labels)


nonlocal_labels = outer()


def generator():
    yield V1Container(name="primary")
    for n in (1, 2):
        yield V1Container(name=f"g{n}", image="g:1")
    yield from (V1Container(name=f"h{n}", image="h:1") for n in (1, 2))


generated = Template(pod_spec=V1PodSpec(containers=list(generator())))


def early(kind):
    match kind:
        case "a":
            return Template(labels={"kind": "a"})
        case {"nested": inner}:
            return Template(labels={"kind": inner})
        case [first, *_]:
            return Template(labels={"kind": first})
        case str() as text:
            return Template(labels={"kind": text.upper()})
    raise ValueError(kind)


case_literal, case_dict, case_list, case_class = early("a"), early({"nested": "n"}), early(["l", "m"]), early("text")

try:
    fallback = REGISTRY["missing"]
except KeyError:
    fallback = Template(labels={"fallback": "yes"})

environments = {}
for stage in ("dev", "prod"):
    environments[stage] = flyte.TaskEnvironment(
        name=f"org-{stage}", image=f"ghcr.io/acme/{stage}:1", pod_template=Template(labels={"stage": stage}), env_vars={"STAGE": stage}
    )
dev_env, prod_env = environments["dev"], environments["prod"]


@dev_env.task
def on_dev() -> None: ...


@prod_env.task
def on_prod() -> None: ...


env = flyte.TaskEnvironment(name="org", image="o:1", pod_template=REGISTRY["gpu"], resources=flyte.Resources(cpu="2", memory="4Gi"))


@env.task(pod_template=mutated, retries=1)
def with_own() -> None: ...


@env.task(short_name="renamed")
def with_env() -> None: ...


class Settings:
    def __init__(self):
        self.image = os.path.join("ghcr.io", "acme", "settings") + ":1"

    @property
    def full(self):
        return self.image

    @staticmethod
    def primary(**options):
        return V1Container(name="primary", **options)


SETTINGS = Settings()
from_settings = Template(pod_spec=V1PodSpec(containers=[Settings.primary(image=SETTINGS.full)]))
