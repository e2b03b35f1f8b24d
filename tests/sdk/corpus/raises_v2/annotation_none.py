import flyte

t = flyte.PodTemplate(annotations={"x": None})
