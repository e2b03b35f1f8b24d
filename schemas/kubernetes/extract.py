"""Prints the definitions that objects with a pod template reach, out of a server's own swagger.json, without descriptions."""
import json
import sys

ROOTS = [
    "core.v1.PodTemplate", "core.v1.Pod", "core.v1.ReplicationController", "apps.v1.Deployment", "apps.v1.StatefulSet",
    "apps.v1.DaemonSet", "apps.v1.ReplicaSet", "batch.v1.Job", "batch.v1.CronJob",
]
KEPT = ("type", "format", "$ref", "items", "additionalProperties", "properties", "required", "allOf")


def reduced(schema, wanted):
    """A schema without what the tables do not need; the definitions that it names are added to `wanted`."""
    out = {}
    for key in KEPT:
        value = schema.get(key)
        if value is None:
            continue
        if key == "$ref":
            name = value.rsplit("/", 1)[1]
            wanted.append(name)
            value = f"#/$defs/{name}"
        elif key == "properties":
            value = {field: reduced(inner, wanted) for field, inner in sorted(value.items())}
        elif key == "allOf":
            value = [reduced(inner, wanted) for inner in value]
        elif isinstance(value, dict):
            value = reduced(value, wanted)
        out[key] = value
    return out


def main():
    source, path = sys.argv[1:]
    definitions = json.load(open(path))["definitions"]
    wanted, found = [f"io.k8s.api.{root}" for root in ROOTS], {}
    while wanted:
        name = wanted.pop()
        if name not in found:
            found[name] = reduced(definitions[name], wanted)
    print(json.dumps({"x-source": source, "$defs": dict(sorted(found.items()))}, indent=0))


main()
