import flytekit

t = flytekit.PodTemplate(annotations={"safe": False})
