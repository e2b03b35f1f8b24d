"""What only running tells: it must be shown as such, and the rest be right."""

import os
import sys

import flyte
from kubernetes.client import V1Container, V1EnvVar, V1PodSpec, V1ResourceRequirements

os.environ.setdefault("CORPUS_IMAGE", "outside:1")


def of(**fields):
    return flyte.PodTemplate(pod_spec=V1PodSpec(containers=[V1Container(name="primary", **fields)]))


required = of(image=os.environ["CORPUS_IMAGE"])
defaulted = of(image=os.environ.get("CORPUS_NONE", "inside:1"))
getenv = of(image=os.getenv("CORPUS_NONE", "inside:2"), env=[V1EnvVar(name="A", value="1")])
pattern = of(image=f"ghcr.io/acme/x:{os.environ['CORPUS_IMAGE'][-1]}")
machine = of(env=[V1EnvVar(name="CPUS", value=str(os.cpu_count())), V1EnvVar(name="PLATFORM", value=sys.platform)])
conditional = of(image="gpu:1" if os.environ.get("CORPUS_GPU") else "cpu:1", tty=True)
labels = flyte.PodTemplate(labels={"user": os.environ.get("USER", "nobody"), "fixed": "1"})

branched = of()
if os.environ.get("CORPUS_GPU"):
    branched.pod_spec.node_selector = {"pool": "gpu"}
    branched.pod_spec.containers.append(V1Container(name="extra", image="e:1"))
else:
    branched.pod_spec.node_selector = {"pool": "cpu"}


def sized(size):
    return of(resources=V1ResourceRequirements(limits={"memory": f"{size}Gi", "cpu": "1"}))


by_environment = sized(os.environ.get("CORPUS_SIZE", "4"))
