import flyte

t = flyte.PodTemplate(pod_spec={"containers": [{"name": "primary"}]})
