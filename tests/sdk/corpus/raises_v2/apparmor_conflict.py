import flyte

t = flyte.PodTemplate(
    annotations={"container.apparmor.security.beta.kubernetes.io/primary": "runtime/default"}
).allow_nested_sandboxing()
