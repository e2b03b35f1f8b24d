"""Only labels and annotations: the primary container is made by Flyte."""

import flyte

env = flyte.TaskEnvironment(
    name="annotated",
    pod_template=flyte.PodTemplate(
        labels={"cost-centre": "ml-42"},
        annotations={
            "cluster-autoscaler.kubernetes.io/safe-to-evict": "false",
            "iam.amazonaws.com/role": "trainer",
        },
    ),
)
