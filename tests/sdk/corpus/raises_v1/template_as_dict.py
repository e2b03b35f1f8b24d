import flytekit

@flytekit.task(pod_template={"pod_spec": {}})
def task() -> None: ...
