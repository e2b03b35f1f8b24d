#!/usr/bin/env bash
# Installs the linters that `cargo bench --bench table -- --peers` runs beside podlint, from PyPI, below `target/`.
set -euo pipefail
cd "$(dirname "$0")/.."
peers="${CARGO_TARGET_DIR:-target}/tmp/peers"
[ -x "$peers/bin/python" ] || python3 -m venv "$peers"
# One after the other: a linter that does not install leaves the others to be measured.
for package in ruff==0.17.6 yamllint checkov; do
    "$peers/bin/pip" install --quiet --disable-pip-version-check "$package" || echo "not installed: $package" >&2
done
"$peers/bin/pip" list --disable-pip-version-check 2>/dev/null | grep -E '^(ruff|yamllint|checkov) '
