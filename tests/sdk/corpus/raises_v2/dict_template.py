import flyte

env = flyte.TaskEnvironment(name="r", pod_template={"labels": {}})
