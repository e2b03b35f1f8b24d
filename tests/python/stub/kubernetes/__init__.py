"""Stands in for the Kubernetes client; `PODLINT_TEST_CLIENT` is its major version."""

import os

__version__ = os.environ.get("PODLINT_TEST_CLIENT", "37") + ".0.0"
