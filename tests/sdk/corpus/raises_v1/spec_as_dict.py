import flytekit

t = flytekit.PodTemplate(pod_spec={"containers": []})
