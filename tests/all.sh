#!/usr/bin/env bash
# Runs all tests, on a Debian machine with Rust; run it from anywhere. As root it installs what is missing, else it says so.
# usage: tests/all.sh [--clients | --without-clients]   (only the real editors; all but these)
set -euo pipefail
cd "$(dirname "$0")/.."

# The compiler that the project is developed with: only there do warnings fail the run, since each release of Rust brings new lints.
developed_with=1.95

started=$SECONDS
step() { printf '\n== %s (after %d:%02d)\n' "$*" $(((SECONDS - started) / 60)) $(((SECONDS - started) % 60)); }
clients() {
  step "real clients: typed messages, Neovim, Emacs, VS Code"
  bash tests/clients/run.sh
}
case ${1:-} in
  --clients | --without-clients | "") ;;
  *)
    printf 'not known: %s\n' "$1" >&2
    exit 2
    ;;
esac

missing=()
need() { # need PACKAGE COMMAND…: notes a Debian package when a command fails
  local package=$1
  shift
  "$@" >/dev/null 2>&1 || missing+=("$package")
}
need gcc command -v cc
need git command -v git
need python3 command -v python3
need python3-venv python3 -c 'import ensurepip, venv'
if [ "${#missing[@]}" -gt 0 ]; then
  if [ "$(id -u)" != 0 ]; then
    printf 'These Debian packages are missing; install them and run this again:\n  sudo apt-get install %s\n' "${missing[*]}" >&2
    exit 2
  fi
  step "installing ${missing[*]}"
  apt-get update -qq
  apt-get install -y -qq "${missing[@]}" >/dev/null
fi
command -v cargo >/dev/null 2>&1 || {
  printf 'Rust is missing: https://rustup.rs installs it.\n' >&2
  exit 2
}
if [ "${1:-}" != --without-clients ] && [ "$(id -u)" != 0 ]; then
  printf 'The real editors are installed with apt-get, for which this must run as root; --without-clients leaves them out.\n' >&2
  exit 2
fi
if [ "${1:-}" = --clients ]; then
  clients
  exit
fi

step "format and lints"
cargo fmt --check
case $(rustc --version) in
  "rustc $developed_with."*) cargo clippy --quiet --locked --all-targets -- -D warnings ;;
  *) cargo clippy --quiet --locked --all-targets ;;
esac

step "tests"
cargo test --locked

step "documentation"
case $(rustc --version) in
  "rustc $developed_with."*) RUSTDOCFLAGS="-D warnings" cargo doc --quiet --locked --no-deps ;;
  *) cargo doc --quiet --locked --no-deps ;;
esac

step "the examples under the real SDKs"
bash tests/sdk/run.sh

step "packages: wheel, pre-commit hook, action"
bash tests/packaging/run.sh

step "the documentation's site"
bash docs/build.sh target/site

step "pinning against a real registry"
bash tests/registry/run.sh

[ "${1:-}" = --without-clients ] || clients
step "done"
