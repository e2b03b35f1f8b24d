from flytekit import PodTemplate

t = PodTemplate(primary_container_name="")
