"""Lists, dicts, strings and loops."""

import flyte
from kubernetes.client import V1Container, V1EnvVar, V1PodSpec, V1Toleration, V1Volume, V1VolumeMount
from kubernetes.client import V1EmptyDirVolumeSource, V1ResourceRequirements

REGISTRY = "ghcr.io/acme"
NAMES = ["a", "b", "c"]
SIZES = {"small": "1Gi", "large": "8Gi"}


def of(**fields):
    return flyte.PodTemplate(pod_spec=V1PodSpec(containers=[V1Container(name="primary", **fields)]))


volumes = [V1Volume(name=f"v-{name}", empty_dir=V1EmptyDirVolumeSource()) for name in NAMES]
mounts = [V1VolumeMount(name=volume.name, mount_path=f"/mnt/{volume.name}") for volume in volumes]
comprehension = flyte.PodTemplate(
    pod_spec=V1PodSpec(containers=[V1Container(name="primary", volume_mounts=mounts)], volumes=volumes)
)

filtered = of(args=[name for name in NAMES if name != "b"], env=[V1EnvVar(name=n.upper(), value=str(i)) for i, n in enumerate(NAMES)])
nested = of(env=[V1EnvVar(name=f"{a}_{b}".upper(), value=a + b) for a in NAMES[:2] for b in NAMES[1:]])
dict_comprehension = flyte.PodTemplate(labels={f"size-{k}": v.lower() for k, v in SIZES.items()})
sorted_items = of(env=[V1EnvVar(name=k, value=v) for k, v in sorted(SIZES.items())])
zipped = of(env=[V1EnvVar(name=k, value=v) for k, v in zip(NAMES, ("1", "2", "3"))])

looped = of()
for number in range(3):
    looped.pod_spec.containers.append(V1Container(name=f"side-{number}", image=f"{REGISTRY}/s:{number}"))

environment = []
for key, value in SIZES.items():
    if key == "large":
        continue
    environment.append(V1EnvVar(name=key, value=value))
for key in NAMES:
    if key == "c":
        break
    environment += [V1EnvVar(name=key, value=key * 3)]
else:
    environment = []
loops = of(env=environment)

counter = 0
counted = []
while counter < 3:
    counted.append(V1EnvVar(name=f"N{counter}", value=str(counter * 2)))
    counter += 1
whiles = of(env=counted)

formats = of(
    image="{}/{name}:{tag}".format(REGISTRY, name="train", tag=2),
    working_dir="/%s/%s" % ("home", "me"),
    args=["-".join(NAMES), "%d" % 7, f"{3.5}", f"{'x'!r}", f"{5:03d}", "a" "b", "x" * 3],
)
methods = of(args=["AbC".lower(), " x ".strip(), "a,b".split(",")[1], "abc".replace("b", "-"), "a/b/c".rsplit("/", 1)[0], "abc"[::-1], "abc"[1:], "x".upper().lower(), "a-b".partition("-")[2], "v1".removeprefix("v"), "7".zfill(3), "abc".title(), "b".join(["1", "2"])])

base = {"name": "primary", "image": "base:1"}
spread = flyte.PodTemplate(pod_spec=V1PodSpec(containers=[V1Container(**base), V1Container(**{**base, "name": "second"})]))
united = flyte.PodTemplate(labels={"a": "1"} | {"b": "2"}, annotations=dict(c="3", **{"d": "4"}))
updated = flyte.PodTemplate(labels={"a": "1"})
updated.labels.update({"b": "2"}, c="3")
updated.labels.setdefault("d", "4")
updated.labels.pop("a")
del updated.labels["b"]

unpacked_a, (unpacked_b, *unpacked_rest) = "x:1", ["y:1", "z:1", "w:1"]
unpacking = flyte.PodTemplate(
    pod_spec=V1PodSpec(
        containers=[
            V1Container(name="primary", image=unpacked_a),
            V1Container(name="b", image=unpacked_b),
            *[V1Container(name=f"rest-{i}", image=image) for i, image in enumerate(unpacked_rest)],
        ]
    )
)

items = [V1Toleration(key="a", operator="Exists")]
alias = items
alias.append(V1Toleration(key="b", operator="Exists"))
items.insert(0, V1Toleration(key="first", operator="Exists"))
items.extend([V1Toleration(key="x"), V1Toleration(key="y")])
items[-1].operator = "Exists"
items.remove(items[-2])
items.reverse()
aliasing = flyte.PodTemplate(pod_spec=V1PodSpec(containers=[V1Container(name="primary")], tolerations=items))

popped = ["a", "b", "c"]
last = popped.pop()
first = popped.pop(0)
pops = of(args=[last, first, *popped])
sliced = of(args=NAMES[1:] + NAMES[:-2] + list(reversed(NAMES)) + NAMES[::2])

ternary = of(image="gpu:1" if len(NAMES) > 2 else "cpu:1", tty=True if "a" in NAMES else False)
booleans = of(image=None or "or:1", working_dir="" or "/work", stdin=not False, args=[] or None)
chained = of(tty=1 < 2 < 3, stdin=len(NAMES) == 3 and "a" in SIZES)
walrus = of(image=(chosen := "walrus:1"), working_dir=f"/{chosen}")
arithmetic = of(resources=V1ResourceRequirements(limits={"memory": f"{2 ** 3}Gi", "cpu": str(7 // 2), "x.y/z": str(10 % 4 + 1), "a.b/c": f"{1.5 * 2:g}"}))
conversions = of(args=[str(int("5") + 1), str(float("2")), str(bool([])), str(len("abc")), str(max(3, 9)), str(min([4, 2])), str(sum([1, 2])), str(abs(-3)), str(round(2.6))])
nulls = flyte.PodTemplate(pod_spec=V1PodSpec(containers=[V1Container(name="primary", args=None, env=None)], volumes=None))

match len(NAMES):
    case 1:
        matched_image = "one:1"
    case 2 | 3:
        matched_image = "few:1"
    case _:
        matched_image = "many:1"
matching = of(image=matched_image)

try:
    from nowhere_to_be_found import IMAGE as tried
except ImportError:
    tried = "fallback:1"
trying = of(image=tried)

attribute = of()
attribute.pod_spec.node_selector = {"pool": "x"}
attribute.pod_spec.node_selector["zone"] = "y"
attribute.pod_spec.containers[0].image = "attr:1"
attribute.primary_container_name = attribute.pod_spec.containers[0].name
setattr(attribute, "labels", {"set": getattr(attribute.pod_spec.containers[0], "image")})

globals_in = of()


def change():
    globals_in.labels = {"changed": "yes"}
    global globals_out
    globals_out = of(image="global:1")


change()
any_all = of(tty=any(name == "a" for name in NAMES), stdin=all(name for name in NAMES))
maps = of(args=list(map(str, [1, 2])) + list(map(lambda x: x + "!", NAMES)) + list(filter(None, ["", "x"])))
