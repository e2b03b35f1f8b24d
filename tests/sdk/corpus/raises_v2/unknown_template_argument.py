import flyte

t = flyte.PodTemplate(lables={"a": "b"})
