import flyte

t = flyte.PodTemplate().allow_fuse(privileged=True).allow_nested_sandboxing()
