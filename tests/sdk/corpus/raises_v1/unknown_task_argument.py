from flytekit import PodTemplate, task

t = PodTemplate()


@task(template=t)
def work() -> int:
    return 1
