#!/usr/bin/env bash
# Makes the schemas of Kubernetes and its Python client anew; those of the Flyte SDKs are made by sdk/update.sh. Needs cargo, python3
# with venv, and the package registries. Afterwards `UPDATE=1 cargo test --test schema_tables` writes the tables in src/schema.
set -euo pipefail
cd "$(dirname "$0")"

for minor in 33 34 35 36 37; do
  (cd generator && cargo run --quiet --features "v1_$minor") >"kubernetes/v1.$minor.json.new"
  mv "kubernetes/v1.$minor.json.new" "kubernetes/v1.$minor.json"
done

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
for version in 1.27.16 1.28.15 1.29.15 1.30.14 1.31.14 1.32.13; do
  curl -fsSL "https://proxy.golang.org/k8s.io/kubernetes/@v/v$version.zip" -o "$scratch/sources.zip"
  unzip -p "$scratch/sources.zip" '*/api/openapi-spec/swagger.json' >"$scratch/swagger.json"
  python3 kubernetes/extract.py "k8s.io/kubernetes v$version" "$scratch/swagger.json" >"kubernetes/v${version%.*}.json"
done

for version in 28.1.0 33.1.0 36.0.3 37.0.2; do
  python3 -m venv "$scratch/$version"
  "$scratch/$version/bin/pip" install --quiet "kubernetes==$version"
  "$scratch/$version/bin/python" python-client/extract.py >"python-client/${version%%.*}.json"
  "$scratch/$version/bin/python" python-client/names.py >>"$scratch/classes"
done
LC_ALL=C sort -u "$scratch/classes" >python-client/classes.txt
