#!/usr/bin/env bash
# Packs a built binary as cargo-binstall and people expect it: packaging/archive.sh TARGET FOLDER
set -euo pipefail
cd "$(dirname "$0")/.."
target=$1 folder=$2
name=podlint-$target
work=$(mktemp -d)
mkdir -p "$work/$name" "$folder"
built=${CARGO_TARGET_DIR:-target}/$target/${PROFILE:-release}
case $target in
*windows*)
  cp "$built/podlint.exe" LICENSE-MIT LICENSE-APACHE README.md "$work/$name/"
  (cd "$work" && 7z a -bso0 "$name.zip" "$name")
  mv "$work/$name.zip" "$folder/"
  ;;
*)
  cp "$built/podlint" LICENSE-MIT LICENSE-APACHE README.md "$work/$name/"
  tar -czf "$folder/$name.tar.gz" -C "$work" "$name"
  ;;
esac
rm -rf "$work"
