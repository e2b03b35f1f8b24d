import flyte

t = flyte.PodTemplate().with_termination_grace_period("30s")
