#!/usr/bin/env bash
# Sets up what the tests need and runs all of them. Works on a bare Debian machine with Rust; run it from anywhere.
# usage: tests/all.sh [--clients | --without-clients]   (only the real editors; all but these)
set -euo pipefail
cd "$(dirname "$0")/.."

step() { printf '\n== %s\n' "$*"; }
clients() {
  step "real clients: typed messages, Neovim, Emacs, VS Code"
  bash tests/clients/run.sh
}
case ${1:-} in
  --clients)
    clients
    exit
    ;;
  --without-clients | "") ;;
  *)
    printf 'not known: %s\n' "$1" >&2
    exit 2
    ;;
esac

need() { # need COMMAND PACKAGE: installs a Debian package when a command is missing
  command -v "$1" >/dev/null 2>&1 && return
  step "installing $2"
  apt-get update -qq && apt-get install -y -qq "$2" >/dev/null
}

need cc gcc
need python3 python3
need git git
python3 -c 'import ensurepip, venv' 2>/dev/null || { apt-get update -qq && apt-get install -y -qq python3-venv >/dev/null; }

step "format and lints"
cargo fmt --check
cargo clippy --quiet --locked --all-targets -- -D warnings

step "tests"
cargo test --locked

step "documentation"
RUSTDOCFLAGS="-D warnings" cargo doc --quiet --locked --no-deps

step "the examples under the real SDKs"
bash tests/sdk/run.sh

step "packages: wheel, pre-commit hook, action"
bash tests/packaging/run.sh

step "the documentation's site"
bash docs/build.sh target/site

step "pinning against a real registry"
bash tests/registry/run.sh

[ "${1:-}" = --without-clients ] || clients
