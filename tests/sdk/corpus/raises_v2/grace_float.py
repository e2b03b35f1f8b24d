import flyte

SECONDS = 2.5
t = flyte.PodTemplate().with_termination_grace_period(SECONDS)
