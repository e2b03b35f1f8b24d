"""Prints the names of all classes of the installed `kubernetes.client`."""

import kubernetes.client

print("\n".join(name for name in dir(kubernetes.client) if name[:1].isupper()))
