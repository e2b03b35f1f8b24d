import flyte

t = flyte.PodTemplate(annotations={"a": 1.5})
