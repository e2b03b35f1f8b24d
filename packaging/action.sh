#!/usr/bin/env bash
# What the GitHub Action runs: its inputs come as PODLINT_* variables, so that no input becomes part of a script. For bash 3.2 and
# later, as macOS has it: there an empty list is unbound.
set -euo pipefail
here=$(cd "$(dirname "$0")/.." && pwd)
temp=${RUNNER_TEMP:-/tmp}

version=${PODLINT_VERSION:-}
if [ -z "$version" ]; then
  version=$(sed -n 's/^version = "\(.*\)"/\1/p' "$here/Cargo.toml" | sed -n 1p)
fi
# Tests bring a binary of their own.
podlint=${PODLINT_BINARY:-}
if [ -z "$podlint" ]; then
  podlint=$(bash "$here/packaging/install.sh" "$version" "$temp/podlint-$version")
fi

# The lines of a text that hold something, as they are; a carriage return at the end is no part of them.
lines=()
read_lines() {
  lines=()
  local line
  while IFS= read -r line || [ -n "$line" ]; do
    line=${line%$'\r'}
    [ -z "$line" ] || lines+=("$line")
  done <<<"$1"
}

arguments=()
[ -z "${PODLINT_FAIL_ON:-}" ] || arguments+=(--fail-on "$PODLINT_FAIL_ON")
if [ "${PODLINT_ANNOTATIONS:-true}" = true ]; then
  # The commands become annotations; the group shows the findings with their lines.
  arguments+=(--format github --output "full=$temp/podlint-full.txt")
fi
if [ "${PODLINT_SUMMARY:-true}" = true ] && [ -n "${GITHUB_STEP_SUMMARY:-}" ]; then
  arguments+=(--output "markdown=$temp/podlint-summary.md")
fi
if [ -n "${PODLINT_SARIF:-}" ]; then
  mkdir -p "$(dirname "$PODLINT_SARIF")"
  arguments+=(--output "sarif=$PODLINT_SARIF")
fi
read_lines "${PODLINT_ARGS:-}"
arguments+=(${lines[@]+"${lines[@]}"})
read_lines "${PODLINT_PATHS:-}"
if [ "${#lines[@]}" -gt 0 ]; then
  arguments+=(-- "${lines[@]}")
fi

status=0
"$podlint" check ${arguments[@]+"${arguments[@]}"} || status=$?

if [ "${PODLINT_ANNOTATIONS:-true}" = true ] && [ -f "$temp/podlint-full.txt" ]; then
  # What the checked files hold must not be read as commands.
  token="podlint-$RANDOM$RANDOM$RANDOM"
  echo "::stop-commands::$token"
  cat "$temp/podlint-full.txt"
  echo "::$token::"
fi
if [ -n "${GITHUB_STEP_SUMMARY:-}" ] && [ -f "$temp/podlint-summary.md" ]; then
  cat "$temp/podlint-summary.md" >>"$GITHUB_STEP_SUMMARY"
fi
exit "$status"
