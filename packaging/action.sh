#!/usr/bin/env bash
# What the GitHub Action runs: its inputs come as PODLINT_* variables, so that no input becomes part of a script.
set -euo pipefail
here=$(cd "$(dirname "$0")/.." && pwd)

version=${PODLINT_VERSION:-$(sed -n 's/^version = "\(.*\)"/\1/p' "$here/Cargo.toml" | head -n 1)}
package=${PODLINT_PACKAGE:-podlint==$version}

arguments=(--fail-on "${PODLINT_FAIL_ON:-warning}")
if [ "${PODLINT_ANNOTATIONS:-true}" = true ]; then
  # The commands become annotations; the group shows the findings with their lines.
  arguments+=(--format github --output "full=${RUNNER_TEMP:-/tmp}/podlint-full.txt")
fi
if [ -n "${PODLINT_SARIF:-}" ]; then
  arguments+=(--output "sarif=$PODLINT_SARIF")
fi
read -r -a extra <<<"${PODLINT_ARGS:-}"
paths=()
while IFS= read -r path; do
  [ -z "$path" ] || paths+=("$path")
done <<<"${PODLINT_PATHS:-.}"

status=0
pipx run --quiet --spec "$package" podlint check "${arguments[@]}" "${extra[@]}" -- "${paths[@]}" || status=$?

if [ "${PODLINT_ANNOTATIONS:-true}" = true ] && [ -f "${RUNNER_TEMP:-/tmp}/podlint-full.txt" ]; then
  # What the checked files hold must not be read as commands.
  token="podlint-$RANDOM$RANDOM$RANDOM"
  echo "::stop-commands::$token"
  cat "${RUNNER_TEMP:-/tmp}/podlint-full.txt"
  echo "::$token::"
fi
exit "$status"
