"""Templates that functions, classes and closures make."""

import copy
import dataclasses
import functools
from dataclasses import dataclass, field

import flyte
from kubernetes import client
from kubernetes.client.models import V1Container, V1EnvVar, V1PodSpec, V1ResourceRequirements

IMAGE = "ghcr.io/acme/side"
TAG = "1.4"


def container(name, image=None, *, cpu="1", memory="1Gi", **more):
    return V1Container(
        name=name, image=image, resources=V1ResourceRequirements(limits={"cpu": cpu, "memory": memory}), **more
    )


def template(*containers, labels=None, primary="primary"):
    return flyte.PodTemplate(
        pod_spec=V1PodSpec(containers=list(containers)), labels=labels, primary_container_name=primary
    )


positional = template(container("primary"), container("side", f"{IMAGE}:{TAG}"))
keywords = template(container(name="primary", cpu="2", memory="4Gi"), labels={"a": "b"})
extra = template(container("primary", working_dir="/app", tty=True), container("side", "a:1", args=["x"]))
renamed = template(container("main"), primary="main")


def with_early_return(gpu):
    if gpu:
        return template(container("primary", cpu="8"))
    return template(container("primary", cpu="1"))


early = with_early_return(True)
late = with_early_return(False)


def with_defaults(name="primary", ports=(80, 443), env={"A": "1"}):
    return flyte.PodTemplate(
        pod_spec=V1PodSpec(
            containers=[
                V1Container(
                    name=name,
                    ports=[client.V1ContainerPort(container_port=port) for port in ports],
                    env=[V1EnvVar(name=key, value=value) for key, value in env.items()],
                )
            ]
        )
    )


defaults = with_defaults()
no_defaults = with_defaults(ports=[8080], env={"B": "2", "C": "3"})


def outer(name):
    def inner(image):
        return V1Container(name=name, image=image)

    return inner


closure = template(outer("primary")(None), outer("side")("b:2"))
small = functools.partial(container, cpu="100m", memory="64Mi")
partial = template(small("primary"), small("side", image="c:3", tty=False))
partial_override = template(small("primary", cpu="3"))


class Builder:
    IMAGE = "d:4"

    def __init__(self, name, labels=None):
        self.name = name
        self.labels = labels or {}
        self.containers = []

    def add(self, name, image=None):
        self.containers.append(V1Container(name=name, image=image))
        return self

    def label(self, key, value):
        self.labels[key] = value
        return self

    @property
    def spec(self):
        return V1PodSpec(containers=self.containers)

    @classmethod
    def standard(cls):
        return cls("standard").add("primary")

    @staticmethod
    def side():
        return V1Container(name="static", image=Builder.IMAGE)

    def build(self):
        return flyte.PodTemplate(pod_spec=self.spec, labels=self.labels)


built = Builder("x", {"k": "v"}).add("primary").add("log", Builder.IMAGE).label("m", "n").build()
classmethod_built = Builder.standard().label("only", "one").build()
static_built = template(V1Container(name="primary"), Builder.side())


class Gpu(Builder):
    IMAGE = "gpu:1"

    def add(self, name, image=None):
        super().add(name, image)
        self.containers[-1].resources = V1ResourceRequirements(limits={"nvidia.com/gpu": "1"})
        return self


subclass_built = Gpu("y").add("primary").build()


@dataclass
class Options:
    cpu: str = "1"
    memory: str = "1Gi"
    labels: dict = field(default_factory=dict)
    names: list = field(default_factory=lambda: ["primary"])

    def template(self):
        return template(*[container(name, cpu=self.cpu, memory=self.memory) for name in self.names], labels=self.labels)


dataclass_defaults = Options().template()
dataclass_given = Options("4", labels={"z": "1"}).template()
dataclass_replaced = dataclasses.replace(Options(cpu="5"), memory="9Gi").template()

copied = copy.deepcopy(keywords)
copied.labels["c"] = "d"
copied.pod_spec.containers[0].image = "copied:1"
shallow = copy.copy(keywords)
shallow.labels = {"own": "label"}
replaced = dataclasses.replace(keywords, annotations={"r": "s"}, labels=None)


def make_lambda():
    build = lambda name: V1Container(name=name, image="l:1")
    return template(build("primary"), build("other"))


from_lambda = make_lambda()


def recursive(depth):
    if depth == 0:
        return [V1Container(name="primary")]
    return recursive(depth - 1) + [V1Container(name=f"side-{depth}", image="r:1")]


recursed = flyte.PodTemplate(pod_spec=V1PodSpec(containers=recursive(2)))


def decorator(function):
    @functools.wraps(function)
    def wrapped(*args, **kwargs):
        made = function(*args, **kwargs)
        made.labels = {**(made.labels or {}), "decorated": "yes"}
        return made

    return wrapped


@decorator
def plain_template(name):
    return template(V1Container(name=name), labels={"inner": "1"})


decorated = plain_template("primary")


@functools.lru_cache(maxsize=None)
def cached_template():
    return template(V1Container(name="primary", image="cached:1"))


cached = cached_template()
