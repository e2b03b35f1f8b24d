from flytekit import PodTemplate, Resources, task

t = PodTemplate()


@task(pod_template=t, resources=Resources(cpu="1"), limits=Resources(cpu="2"))
def work() -> int:
    return 1
