#!/usr/bin/env bash
# Builds the wheel with completions and manual pages in it; arguments go to maturin: packaging/wheel.sh --release --out dist
set -euo pipefail
cd "$(dirname "$0")/.."

# The scripts and pages come from the binary itself, built for the machine that builds.
target=${CARGO_TARGET_DIR:-target}
cargo build --quiet --locked
podlint=$target/debug/podlint

# maturin installs what lies in `<package>.data/data` below the environment's prefix.
data=podlint.data/data/share
rm -rf podlint.data
mkdir -p "$data"/{bash-completion/completions,zsh/site-functions,fish/vendor_completions.d,man/man1}
"$podlint" completions bash >"$data/bash-completion/completions/podlint"
"$podlint" completions zsh >"$data/zsh/site-functions/_podlint"
"$podlint" completions fish >"$data/fish/vendor_completions.d/podlint.fish"
"$podlint" man --output "$data/man/man1"

trap 'rm -rf podlint.data' EXIT
maturin build --locked "$@"
