#!/usr/bin/env bash
# Holds podlint to the real SDKs: its examples with both generations of the Kubernetes client, and a corpus of templates
# that flyte and flytekit serialize themselves.
set -euo pipefail
cd "$(dirname "$0")/../.."
home=${PODLINT_SDK_VENVS:-target/sdk-venvs}
cargo build --quiet --locked

for sdk in old new v1; do
  venv=$home/$sdk
  requirements=tests/sdk/requirements-$sdk.txt
  if ! cmp -s "$requirements" "$venv/installed.txt"; then
    python3 -m venv --clear "$venv"
    "$venv/bin/pip" install --quiet --disable-pip-version-check -r "$requirements"
    cp "$requirements" "$venv/installed.txt"
  fi
done

for generation in old new; do
  "$home/$generation/bin/python" tests/sdk/examples.py
  "$home/$generation/bin/python" tests/sdk/client.py
done
"$home/new/bin/python" tests/sdk/differential.py v2
"$home/v1/bin/python" tests/sdk/differential.py v1

# The cases of tests/python, with the SDK in place of its stub.
PODLINT_REAL_SDK=1 PODLINT_PYTHON="$home/new/bin/python" cargo test --quiet --locked --test python known_values -- --nocapture
