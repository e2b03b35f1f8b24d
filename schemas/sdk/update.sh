#!/usr/bin/env bash
# Brings the tables of the Flyte SDKs up to the newest releases, and shows what changed for users.
# Needs cargo, python3 (3.11 or newer) with venv, and the package index. The wheels are kept in $SDK_WHEELS (about 400 MB).
set -euo pipefail
cd "$(dirname "$0")"
wheels=${SDK_WHEELS:-${XDG_CACHE_HOME:-$HOME/.cache}/podlint-sdk}
mkdir -p "$wheels"

python3 -m venv "$wheels/pip"
# uv resolves in seconds what takes pip half an hour for flytekit.
"$wheels/pip/bin/pip" install --quiet uv
"$wheels/pip/bin/python" generate.py "$wheels/sources"

# A second opinion: the newest releases are imported, and their signatures compared with what was read.
newest() { "$wheels/pip/bin/python" -c "import json; print(json.load(open('$1.json'))['versions'][-1])"; }
opinion() {
  local venv=$wheels/$1-$(newest "$1") wanted=() name
  for name in "$@"; do wanted+=("$name==$(newest "$name")"); done
  if [ ! -d "$venv" ]; then
    "$wheels/pip/bin/uv" venv --quiet "$venv"
    "$wheels/pip/bin/uv" pip install --quiet --python "$venv/bin/python" "${wanted[@]}" kubernetes
  fi
  "$venv/bin/python" compare.py "$@"
}
opinion flyte
opinion flytekit flytekitplugins-pod

(cd ../.. && UPDATE=1 cargo test --quiet --test sdk_tables the_table_is)
git --no-pager diff --stat -- .
git --no-pager diff --unified=0 -- '*.json' | grep '^[-+@]' || echo "nothing changed"
