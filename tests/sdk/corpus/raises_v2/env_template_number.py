import flyte

env = flyte.TaskEnvironment(name="a", pod_template=5)
