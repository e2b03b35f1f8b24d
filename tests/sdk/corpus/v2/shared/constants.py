REGISTRY = "ghcr.io/acme"
TAGS = {"side": "2.1", "train": "3.0"}


def image(name, tag=None):
    return f"{REGISTRY}/{name}:{tag or TAGS[name]}"
