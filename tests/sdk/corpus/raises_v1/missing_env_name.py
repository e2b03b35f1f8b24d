import flytekit
from kubernetes.client import V1EnvVar

variables = [V1EnvVar(value=v) for v in ("1", "2")]
