from flytekit import PodTemplate, task


@task(pod_template=PodTemplate(labels={"n": 1}))
def work() -> int:
    return 1
