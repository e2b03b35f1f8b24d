import flyte

t = flyte.PodTemplate(labels={"a": "b"})
env = flyte.TaskEnvironment(name="e", image="w:1", pod_template=t, env_vars={"N": 1})


@env.task
async def work() -> None: ...
