import flyte

t = flyte.PodTemplate(labels={"spot": True})
