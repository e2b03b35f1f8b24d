from flytekit import task


@task(pod_template="gpu")
def work() -> int:
    return 1

