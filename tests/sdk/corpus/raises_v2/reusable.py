import flyte

t = flyte.PodTemplate(labels={"a": "b"})
env = flyte.TaskEnvironment(name="r", reusable=flyte.ReusePolicy(replicas=1, idle_ttl=60))


@env.task(pod_template=t)
async def work() -> None: ...
