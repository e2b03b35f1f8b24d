"""Models that take any field. From version 37 on they copy the lists and dicts that they are given, before that they share them."""

from kubernetes import __version__

COPIES = int(__version__.split(".")[0]) >= 37
NAMES = """Affinity Capabilities ConfigMapKeySelector ConfigMapVolumeSource Container ContainerPort EmptyDirVolumeSource EnvFromSource
EnvVar EnvVarSource ExecAction HTTPGetAction HostPathVolumeSource Lifecycle LocalObjectReference NodeAffinity NodeSelector
NodeSelectorRequirement NodeSelectorTerm ObjectMeta PersistentVolumeClaimVolumeSource PodSecurityContext PodSpec Probe
ResourceRequirements SecretKeySelector SecretVolumeSource SecurityContext Toleration Volume VolumeMount""".split()


class Model:
    def __init__(self, **fields):
        for name, value in fields.items():
            setattr(self, name, value)

    def __setattr__(self, name, value):
        if COPIES:
            value = taken(name, value)
        self.__dict__[name] = value

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return None

    def __eq__(self, other):
        return type(self) is type(other) and vars(self) == vars(other)


def taken(name, value):
    """What a model of version 37 keeps of a value: a copy, with models for dicts; it refuses some types."""
    if name == "value" and not isinstance(value, str):
        raise ValueError(f"{value!r} is not a string")
    if name == "containers":
        return [V1Container(**one) if isinstance(one, dict) else one for one in value]  # noqa: F821
    return value.copy() if isinstance(value, (list, dict)) else value


for name in NAMES:
    globals()[f"V1{name}"] = type(f"V1{name}", (Model,), {})
__all__ = [f"V1{name}" for name in NAMES]
