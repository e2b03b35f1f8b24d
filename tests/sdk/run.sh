#!/usr/bin/env bash
# Holds podlint's examples to the real SDK, with both generations of the Kubernetes client.
set -euo pipefail
cd "$(dirname "$0")/../.."
home=${PODLINT_SDK_VENVS:-target/sdk-venvs}
cargo build --quiet --locked

for generation in old new; do
  venv=$home/$generation
  requirements=tests/sdk/requirements-$generation.txt
  if ! cmp -s "$requirements" "$venv/installed.txt"; then
    python3 -m venv --clear "$venv"
    "$venv/bin/pip" install --quiet --disable-pip-version-check -r "$requirements"
    cp "$requirements" "$venv/installed.txt"
  fi
  "$venv/bin/python" tests/sdk/examples.py
  "$venv/bin/python" tests/sdk/client.py
done
