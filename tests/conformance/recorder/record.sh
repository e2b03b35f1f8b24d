#!/usr/bin/env bash
# Builds the recorder with the API server of a release, such as 1.34.4, and records the answers of that release.
# usage: record.sh RELEASE CASES OUT [FLAG OF THE SERVER...]
set -euo pipefail
release=$1 cases=$(realpath "$2") out=$(realpath "$3")
shift 3
here=$(cd "$(dirname "$0")" && pwd)
build=${RECORDER_BUILD:-$(mktemp -d)}
mkdir -p "$build"
cp "$here"/*.go "$here/go.mod" "$build"
cd "$build"
export GOFLAGS=-mod=mod GOWORK=off
# Kubernetes names the modules of its own repository `v0.0.0`; each is released beside it as v0.x.
kubernetes=$(go mod download -json "k8s.io/kubernetes@v$release" | sed -n 's/^\t"GoMod": "\(.*\)",$/\1/p')
etcd=$(sed -n 's/^\tgo.etcd.io\/etcd\/client\/v3 \(v[^ ]*\).*/\1/p' "$kubernetes")
if ! grep -q "k8s.io/kubernetes v$release\$" go.mod; then
    printf 'module podlint.dev/recorder\n\ngo 1.26\n' >go.mod
    sed -n 's/^\t\(k8s.io\/[a-z-]*\) v0.0.0$/\1/p' "$kubernetes" | while read -r module; do
        go mod edit -replace "$module=$module@v0.${release#1.}"
    done
    go mod edit -require "k8s.io/kubernetes@v$release" -require "go.etcd.io/etcd/server/v3@$etcd"
fi
# Without optimizations the build takes half as long.
go build -gcflags='all=-N -l' -ldflags=-w -o recorder .
./recorder -cases "$cases" -out "$out" -version "${release%.*}" -- "$@"
