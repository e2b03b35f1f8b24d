import flyte
from kubernetes.client import V1Affinity, V1Container, V1NodeAffinity, V1NodeSelector, V1NodeSelectorRequirement, V1NodeSelectorTerm, V1PodSpec

terms = V1NodeSelector(
    node_selector_terms=[V1NodeSelectorTerm(match_expressions=[V1NodeSelectorRequirement(key="a", values=["b"])])]
)
t = flyte.PodTemplate(
    pod_spec=V1PodSpec(
        containers=[V1Container(name="primary")],
        affinity=V1Affinity(node_affinity=V1NodeAffinity(required_during_scheduling_ignored_during_execution=terms)),
    )
)
