"""Specs from YAML and dicts."""

import json
from pathlib import Path

import flyte
import yaml
from kubernetes.client import ApiClient, V1Container, V1EnvVar, V1PodSpec

TEXT = """
containers:
  - name: primary
    image: literal:1
    env:
      - {name: A, value: "1"}
tolerations:
  - {key: gpu, operator: Exists}
"""


class Response:
    def __init__(self, data):
        self.data = json.dumps(data)


HERE = Path(__file__).parent
loaded = yaml.safe_load(TEXT)
labels_from_yaml = flyte.PodTemplate(labels=yaml.safe_load("a: b\nc: 'd'"))
with open(HERE / "spec.yaml") as stream:
    from_stream = yaml.safe_load(stream)
from_text = yaml.safe_load((HERE / "spec.yaml").read_text())
stream_template = flyte.PodTemplate(labels=from_stream["nodeSelector"])
image_template = flyte.PodTemplate(
    pod_spec=V1PodSpec(containers=[V1Container(name="primary", image=from_text["containers"][0]["image"])])
)
env_template = flyte.PodTemplate(
    pod_spec=V1PodSpec(containers=[V1Container(name="primary", env=[V1EnvVar(**entry) for entry in loaded["containers"][0]["env"]])])
)
json_template = flyte.PodTemplate(labels=json.loads('{"x": "y"}'))
