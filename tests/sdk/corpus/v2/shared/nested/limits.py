from kubernetes.client import V1ResourceRequirements

from ..constants import TAGS


def limits_of(cpu, memory="64Mi"):
    return V1ResourceRequirements(limits={"cpu": cpu, "memory": memory}, requests={"cpu": cpu, "memory": memory})


SIDE_TAG = TAGS["side"]
