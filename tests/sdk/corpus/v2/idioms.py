"""Everyday ways of putting a template together, one statement after the other."""

import itertools
import json
import operator
import textwrap
from collections import ChainMap, OrderedDict, defaultdict, namedtuple
from enum import Enum
from functools import reduce
from string import Template
from types import SimpleNamespace
from typing import NamedTuple, TypedDict

import flyte
from kubernetes import client as k8s
from kubernetes.client import (
    V1ConfigMapVolumeSource,
    V1Container,
    V1ContainerPort,
    V1EmptyDirVolumeSource,
    V1EnvVar,
    V1EnvVarSource,
    V1KeyToPath,
    V1PodSpec,
    V1ResourceRequirements,
    V1SecretKeySelector,
    V1Toleration,
    V1Volume,
    V1VolumeMount,
)


def pod(*containers, **spec):
    return flyte.PodTemplate(pod_spec=V1PodSpec(containers=list(containers), **spec))


# The container is found again and changed.
found = pod(V1Container(name="primary"), V1Container(name="side", image="a:1"))
side = next(c for c in found.pod_spec.containers if c.name == "side")
side.image = "a:2"
side.env = [V1EnvVar(name="A", value="1")]

found_by_default = pod(V1Container(name="primary"))
maybe = next((c for c in found_by_default.pod_spec.containers if c.name == "other"), None)
if maybe is None:
    found_by_default.pod_spec.containers.append(V1Container(name="other", image="o:1"))

looped = pod(V1Container(name="primary"), V1Container(name="a", image="a:1"), V1Container(name="b", image="b:1"))
for c in looped.pod_spec.containers:
    if c.name != "primary":
        c.resources = V1ResourceRequirements(limits={"cpu": "1", "memory": "1Gi"})
    c.image_pull_policy = "IfNotPresent"
for index, c in enumerate(looped.pod_spec.containers):
    c.env = (c.env or []) + [V1EnvVar(name="INDEX", value=str(index))]


class Size(Enum):
    SMALL = "1Gi"
    LARGE = "64Gi"


class Size2(str, Enum):
    SMALL = "2Gi"
    LARGE = "128Gi"


enumerated = pod(
    V1Container(
        name="primary", resources=V1ResourceRequirements(limits={"memory": Size.LARGE.value, "cpu": Size2.SMALL.value[0]})
    )
)


class Sidecar(NamedTuple):
    name: str
    image: str = "n:1"
    port: int = 80


Point = namedtuple("Point", ["name", "image"])
SIDECARS = [Sidecar("one"), Sidecar("two", port=81), Sidecar("three", "n:3", 82)]
tuples = pod(
    V1Container(name="primary"),
    *(
        V1Container(name=s.name, image=s.image, ports=[V1ContainerPort(container_port=s.port)])
        for s in SIDECARS
    ),
    V1Container(**Point("four", "n:4")._asdict()),
)


class Options(TypedDict):
    name: str
    image: str


options: Options = {"name": "typed", "image": "t:1"}
typed = pod(V1Container(name="primary"), V1Container(**options))
namespace = SimpleNamespace(image="ns:1", ports=[1, 2])
spaced = pod(V1Container(name="primary"), V1Container(name="ns", image=namespace.image, ports=[V1ContainerPort(container_port=p) for p in namespace.ports]))

DEFAULTS = {"image_pull_policy": "Always", "tty": True}
merged = pod(V1Container(**{**DEFAULTS, "name": "primary", "tty": False}), V1Container(name="s", image="s:1", **DEFAULTS))
united = pod(V1Container(**(DEFAULTS | {"name": "primary"})))
labels = dict(a="1", **{"b/c": "2"})
labels.update({"d": "3"}, e="4")
labels.setdefault("f", "5")
labels.setdefault("a", "no")
del labels["d"]
labels |= {"g": "6"}
labelled = flyte.PodTemplate(labels=labels, annotations={k.upper(): v * 2 for k, v in labels.items() if k != "e"})
ordered = flyte.PodTemplate(labels=OrderedDict([("x", "1"), ("y", "2")]), annotations=dict(zip(["p", "q"], ["1", "2"])))
from_keys = flyte.PodTemplate(labels=dict.fromkeys(["m", "n"], "yes"))
counted = {}
for word in "a b a c".split():
    counted[word] = counted.get(word, 0) + 1
counts = flyte.PodTemplate(labels={k: str(v) for k, v in sorted(counted.items())})

mounts = [V1VolumeMount(name=n, mount_path=f"/mnt/{n}") for n in ("data", "cache")]
volumes = [V1Volume(name=m.name, empty_dir=V1EmptyDirVolumeSource()) for m in mounts]
mounted = pod(V1Container(name="primary", volume_mounts=mounts), volumes=volumes)
mounts_more = mounts + [V1VolumeMount(name="late", mount_path="/late")]
volumes_more = [*volumes, V1Volume(name="late", empty_dir=V1EmptyDirVolumeSource(medium="Memory"))]
mounted_more = pod(V1Container(name="primary", volume_mounts=mounts_more), volumes=volumes_more)

paths = {"a.txt": "x/a", "b.txt": "x/b"}
config = pod(
    V1Container(name="primary", volume_mounts=[V1VolumeMount(name="c", mount_path="/c", read_only=True)]),
    volumes=[
        V1Volume(
            name="c",
            config_map=V1ConfigMapVolumeSource(name="cm", items=[V1KeyToPath(key=k, path=p) for k, p in paths.items()]),
        )
    ],
)

secret = lambda key: V1EnvVar(  # noqa: E731
    name=key.upper().replace("-", "_"),
    value_from=V1EnvVarSource(secret_key_ref=V1SecretKeySelector(name="creds", key=key)),
)
secrets = pod(V1Container(name="primary", env=list(map(secret, ["api-key", "db-password"]))))
env_items = {"ONE": 1, "TWO": 2.5, "THREE": True, "FOUR": None}
stringly = pod(V1Container(name="primary", env=[V1EnvVar(name=k, value=str(v)) for k, v in env_items.items() if v is not None]))
jsonned = pod(V1Container(name="primary", env=[V1EnvVar(name="J", value=json.dumps({"a": [1, 2, None, True], "b": "c"}))]))
jsonned_sorted = flyte.PodTemplate(annotations={"config": json.dumps({"b": 1, "a": "é"}, sort_keys=True, separators=(",", ":"))})
texted = flyte.PodTemplate(
    annotations={
        "dedent": textwrap.dedent("""\
            first
              second
        """),
        "template": Template("$a-$b").substitute(a="x", b="y"),
        "joined": "|".join(str(n) for n in range(4)),
        "percent": "%s-%03d-%.2f" % ("a", 7, 1.5),
        "format": "{0}-{name}-{0!r:>5}-{1:04d}".format("q", 12, name="w"),
        "fstring": f"{'in':>4}|{3.14159:.2f}|{255:x}|{1_000:,}|{'a' + 'b'!r}|{True}|{None}",
        "chain": "  Mixed Case ".strip().lower().replace(" ", "-").removesuffix("case").title(),
        "split": "a=b=c".split("=", 1)[1],
        "part": "repo:tag".partition(":")[2],
        "rpart": "a/b/c".rpartition("/")[0],
        "zfill": str(7).zfill(3),
        "center": "x".center(5, "*"),
        "just": "x".ljust(3, ".") + "y".rjust(3, "."),
        "slice": "abcdef"[1:-1:2] + "abcdef"[::-1],
        "bool": str(any(n > 2 for n in (1, 2, 3))) + str(all([])),
        "cond": "yes" if "a" in labels and not labels.get("zzz") else "no",
        "max": str(max(1, 5, 3)) + str(min([4, 2])) + str(sum([1, 2, 3])) + str(len("four")),
        "maxkey": max(["a", "ccc", "bb"], key=len),
        "round": str(round(2.5)) + str(round(2.675, 1)) + str(7 // 2) + str(7 % 4) + str(2**10) + str(-7 // 2),
        "hex": hex(255) + oct(8) + bin(5),
        "ord": chr(ord("a") + 1),
        "div": str(7 / 2) + str(6 / 2),
        "int": str(int("42") + int(3.9)) + str(float("2")),
        "bits": str(6 & 3) + str(6 | 1) + str(6 ^ 3) + str(1 << 4) + str(256 >> 2),
        "abs": str(abs(-3)) + str(divmod(7, 3)) + str((1, "a")) + str([1, "b"]) + str({"k": 1}),
        "count": str("banana".count("a")) + str("banana".find("n")) + str("banana".index("nan")),
        "starts": str("banana".startswith(("x", "b"))) + str("b".isdigit()) + str("12".isdigit()),
        "lines": ",".join("a\nb\nc".splitlines()),
    }
)
product = flyte.PodTemplate(labels={f"{a}{b}": f"{b}{a}" for a, b in itertools.product("xy", "12")})
chained = pod(*itertools.chain([V1Container(name="primary")], [V1Container(name="z", image="z:1")]))
reduced = flyte.PodTemplate(labels=reduce(operator.or_, [{"a": "1"}, {"b": "2"}, {"a": "3"}]))
grouped = defaultdict(list)
for name, group in [("x", "g1"), ("y", "g2"), ("z", "g1")]:
    grouped[group].append(name)
groups = flyte.PodTemplate(labels={group: "-".join(names) for group, names in grouped.items()})
chain_map = flyte.PodTemplate(labels=dict(ChainMap({"a": "first"}, {"a": "second", "b": "third"})))

first, *rest = [V1Container(name="primary"), V1Container(name="r1", image="r:1"), V1Container(name="r2", image="r:2")]
starred = pod(first, *rest)
(left, right), last = (V1Container(name="primary"), V1Container(name="m", image="m:1")), V1Container(name="l", image="l:1")
unpacked = pod(left, right, last)
swapped_a, swapped_b = V1Container(name="b", image="b:1"), V1Container(name="primary")
swapped_a, swapped_b = swapped_b, swapped_a
swapped = pod(swapped_a, swapped_b)

popped_list = [V1Container(name="primary"), V1Container(name="gone", image="g:1"), V1Container(name="kept", image="k:1")]
popped_list.pop(1)
popped = pod(*popped_list)
inserted_list = [V1Container(name="i", image="i:1")]
inserted_list.insert(0, V1Container(name="primary"))
inserted_list[1:1] = [V1Container(name="mid", image="m:1")]
inserted = pod(*inserted_list)
deleted_list = [V1Container(name="x", image="x:1"), V1Container(name="primary")]
del deleted_list[0]
deleted = pod(*deleted_list)
filtered = pod(*[c for c in popped_list + deleted_list[:0] if c.name in {"primary", "kept"}])
sorted_by_key = pod(*sorted([V1Container(name="z", image="z:1"), V1Container(name="primary")], key=lambda c: c.name))
reversed_list = pod(*reversed([V1Container(name="z", image="z:1"), V1Container(name="primary")]))

attempts = []
while len(attempts) < 3:
    attempts.append(V1EnvVar(name=f"N{len(attempts)}", value="x"))
    if len(attempts) == 2:
        break
else:
    attempts.clear()
whiled = pod(V1Container(name="primary", env=attempts))

try:
    import surely_not_installed  # noqa: F401

    TRIED = "yes"
except ImportError:
    TRIED = "no"
tried = flyte.PodTemplate(labels={"tried": TRIED})

if (size := len(SIDECARS)) > 2:
    walrus = flyte.PodTemplate(labels={"size": str(size)})

match size:
    case 1 | 2:
        MATCHED = "few"
    case n if n > 100:
        MATCHED = "many"
    case _:
        MATCHED = "some"
matched = flyte.PodTemplate(labels={"matched": MATCHED})

toleration = k8s.V1Toleration(key="nvidia.com/gpu", operator="Exists", effect="NoSchedule")
tolerated = pod(V1Container(name="primary"), tolerations=[toleration, k8s.V1Toleration(**toleration.to_dict() | {"key": "other"})])
spec_with = V1PodSpec(containers=[V1Container(name="primary")])
spec_with.node_selector = {"disk": "ssd"}
spec_with.tolerations = spec_with.tolerations or []
spec_with.tolerations.append(V1Toleration(operator="Exists"))
setattr(spec_with, "priority_class_name", "high")
assigned = flyte.PodTemplate(pod_spec=spec_with)
assigned.annotations = assigned.annotations or {}
assigned.annotations["late"] = "yes"
assigned.primary_container_name = "primary"
ternary = pod(V1Container(name="primary", image=None if size > 100 else "t:1", command=["sh"] if False else None))
with_none = pod(V1Container(name="primary", env=None, resources=V1ResourceRequirements(limits=None, requests={"cpu": "1"})))
nested_function = (lambda make: make("primary"))(lambda name: pod(V1Container(name=name)))
