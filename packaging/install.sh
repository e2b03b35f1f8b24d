#!/usr/bin/env bash
# Downloads a released binary and holds it against its checksum: packaging/install.sh VERSION FOLDER; prints the path of the binary.
# PODLINT_SHA256 is the checksum of the archive; without it the release's own list decides. For bash 3.2 and later.
set -euo pipefail
version=$1 folder=$2
releases=${PODLINT_RELEASES:-https://github.com/podlint/podlint/releases/download}

fail() { printf 'podlint: %s\n' "$*" >&2; exit 2; }

case "$(uname -m)" in
x86_64 | amd64) machine=x86_64 ;;
arm64 | aarch64) machine=aarch64 ;;
*) fail "there is no release for $(uname -m)" ;;
esac
ending=tar.gz binary=podlint
case "$(uname -s)" in
Linux) target=$machine-unknown-linux-musl ;;
Darwin) target=$machine-apple-darwin ;;
# Windows on ARM runs programs for x86-64, too.
MINGW* | MSYS* | CYGWIN*) target=x86_64-pc-windows-msvc ending=zip binary=podlint.exe ;;
*) fail "there is no release for $(uname -s)" ;;
esac

archive=podlint-$target.$ending
mkdir -p "$folder"
fetch() { curl --fail --silent --show-error --location --retry 3 --output "$folder/$1" "$releases/v$version/$1"; }
fetch "$archive" || fail "cannot download $releases/v$version/$archive"
wanted=${PODLINT_SHA256:-}
if [ -z "$wanted" ]; then
  fetch SHA256SUMS || fail "cannot download the checksums of v$version"
  wanted=$(sed -n "s/^\([0-9a-f]*\)[ *]*$archive\$/\1/p" "$folder/SHA256SUMS")
fi
sum() { if command -v sha256sum >/dev/null 2>&1; then sha256sum "$1"; else shasum -a 256 "$1"; fi; }
found=$(sum "$folder/$archive" | cut -d ' ' -f 1)
[ -n "$wanted" ] && [ "$found" = "$wanted" ] || fail "the checksum of $archive is $found, not ${wanted:-among those of the release}"

case $ending in
zip) unzip -q -o "$folder/$archive" -d "$folder" ;;
*) tar -xzf "$folder/$archive" -C "$folder" ;;
esac
printf '%s\n' "$folder/podlint-$target/$binary"
