#!/usr/bin/env bash
# Holds `podlint pin` to a real registry: Debian's docker-registry on this machine, first open, then with a login.
set -euo pipefail
cd "$(dirname "$0")/../.."

need() { command -v "$1" >/dev/null 2>&1 || { apt-get update -qq && apt-get install -y -qq "$2" >/dev/null; }; }
need docker-registry docker-registry
need htpasswd apache2-utils
need curl curl

cargo build --quiet --locked
podlint=$PWD/target/debug/podlint
work=$(mktemp -d)
registry=
trap '[ -z "$registry" ] || kill "$registry" 2>/dev/null || true; rm -rf "$work"' EXIT

fail() { echo "FAIL: $*" >&2; exit 1; }

start() { # start PORT AUTH-SECTION: runs a registry and waits for it
  cat > "$work/config-$1.yml" <<CONFIG
version: 0.1
log: {level: error}
storage: {filesystem: {rootdirectory: $work/data}}
http: {addr: 127.0.0.1:$1}
$2
CONFIG
  docker-registry serve "$work/config-$1.yml" > "$work/registry-$1.log" 2>&1 &
  registry=$!
  for _ in $(seq 100); do
    curl -s -o "$work/answer" "http://127.0.0.1:$1/v2/" && return
    sleep 0.1
  done
  cat "$work/registry-$1.log"; fail "the registry does not start"
}

push_blob() { # push_blob PORT REPOSITORY FILE: prints the digest
  local digest place
  digest=sha256:$(sha256sum < "$3" | cut -d' ' -f1)
  place=$(curl -sf -X POST -D - -o /dev/null "http://127.0.0.1:$1/v2/$2/blobs/uploads/" | tr -d '\r' | sed -n 's/^[Ll]ocation: //p')
  curl -sf -X PUT -H 'Content-Type: application/octet-stream' --data-binary "@$3" -o /dev/null "$place&digest=$digest"
  echo "$digest"
}

put_manifest() { # put_manifest PORT REPOSITORY TAG TYPE FILE: prints the digest that the registry gives
  curl -sf -X PUT -H "Content-Type: $4" --data-binary "@$5" -D - -o /dev/null "http://127.0.0.1:$1/v2/$2/manifests/$3" |
    tr -d '\r' | sed -n 's/^[Dd]ocker-[Cc]ontent-[Dd]igest: //p'
}

push_image() { # push_image PORT REPOSITORY TAG CONTENT: prints digest and size of the manifest
  printf '{"architecture":"amd64","os":"linux","config":{},"rootfs":{"type":"layers","diff_ids":[]},"author":"%s"}' "$4" > "$work/config.json"
  local config
  config=$(push_blob "$1" "$2" "$work/config.json")
  printf '{"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","config":{"mediaType":"application/vnd.oci.image.config.v1+json","digest":"%s","size":%s},"layers":[]}' \
    "$config" "$(stat -c %s "$work/config.json")" > "$work/manifest.json"
  put_manifest "$1" "$2" "$3" application/vnd.oci.image.manifest.v1+json "$work/manifest.json"
}

open_port=5701 closed_port=5702
start $open_port ""
single=$(push_image $open_port team/proxy 1.0 one)
amd=$(push_image $open_port team/many amd64 two)
size=$(stat -c %s "$work/manifest.json")
printf '{"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[{"mediaType":"application/vnd.oci.image.manifest.v1+json","digest":"%s","size":%s,"platform":{"architecture":"amd64","os":"linux"}}]}' \
  "$amd" "$size" > "$work/index.json"
index=$(put_manifest $open_port team/many 2.0 application/vnd.oci.image.index.v1+json "$work/index.json")
[ -n "$single" ] && [ -n "$index" ] || fail "nothing was pushed"

template() { # template PORT: a template with both images
  cat > "$work/pod.yaml" <<POD
apiVersion: v1
kind: Pod
metadata: {name: a}
spec:
  initContainers:
    - name: many
      image: 127.0.0.1:$1/team/many:2.0
    - name: proxy
      image: 127.0.0.1:$1/team/proxy:1.0
  containers:
    - {name: main, image: main:1}
POD
}

export DOCKER_CONFIG=$work/docker
mkdir -p "$DOCKER_CONFIG"
template $open_port
"$podlint" pin "$work/pod.yaml"
grep -q "team/many:2.0@$index" "$work/pod.yaml" || fail "the index is not pinned as the registry names it"
grep -q "team/proxy:1.0@$single" "$work/pod.yaml" || fail "the manifest is not pinned as the registry names it"
"$podlint" pin --check "$work/pod.yaml" || fail "nothing moved"
push_image $open_port team/proxy 1.0 three > /dev/null
if "$podlint" pin --check "$work/pod.yaml" > "$work/moved"; then fail "a moved tag is not told"; fi
grep -q "team/proxy:1.0 moved" "$work/moved" || fail "the moved tag is not named"
kill "$registry"; wait "$registry" 2>/dev/null || true

htpasswd -Bbn robot 's3cret:x' > "$work/htpasswd"
start $closed_port "auth: {htpasswd: {realm: test, path: $work/htpasswd}}"
template $closed_port
if "$podlint" pin "$work/pod.yaml" 2> "$work/refused"; then fail "a login is needed"; fi
grep -q "docker login" "$work/refused" || fail "what is missing is not said"
printf '{"auths":{"127.0.0.1:%s":{"auth":"%s"}}}' $closed_port "$(printf 'robot:s3cret:x' | base64)" > "$DOCKER_CONFIG/config.json"
"$podlint" pin "$work/pod.yaml"
grep -q "team/many:2.0@$index" "$work/pod.yaml" || fail "nothing is pinned behind the login"
echo "the registry agrees"
