from flytekit import task


@task(pod_template="gpu")
def work() -> int:
    return 1


pod = work.get_k8s_pod(None)
