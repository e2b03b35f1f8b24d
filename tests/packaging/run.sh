#!/usr/bin/env bash
# Builds the wheel and uses it as a team would: installed, as a pre-commit hook, in the GitHub Action; checks the manifests.
set -euo pipefail
cd "$(dirname "$0")/../.."
root=$PWD
target=${CARGO_TARGET_DIR:-$root/target}
work=$target/packaging
export CARGO_TARGET_DIR=$target PIP_DISABLE_PIP_VERSION_CHECK=1
mkdir -p "$work"
# A hook of git may have started this.
unset GIT_DIR GIT_INDEX_FILE GIT_WORK_TREE

say() { printf -- '-- %s\n' "$*"; }
fail() { printf 'FAILED: %s\n' "$*" >&2; exit 1; }
# expect CODE COMMAND…: runs it, keeps what it says in $work/said, and insists on its exit code
expect() {
  local wanted=$1 code=0
  shift
  "$@" >"$work/said" 2>&1 || code=$?
  [ "$code" = "$wanted" ] || { cat "$work/said" >&2; fail "exit code $code instead of $wanted: $*"; }
}
has() { grep -qF -- "$1" "$work/said" || { cat "$work/said" >&2; fail "it does not say: $1"; }; }

venv=$work/venv
if ! cmp -s tests/packaging/requirements.txt "$venv/installed.txt"; then
  say "installing maturin, pre-commit, zizmor, twine and check-jsonschema"
  python3 -m venv --clear "$venv"
  "$venv/bin/pip" install --quiet -r tests/packaging/requirements.txt
  cp tests/packaging/requirements.txt "$venv/installed.txt"
fi
export PATH=$venv/bin:$PATH

say "manifests"
expect 0 zizmor --offline --quiet .
check-jsonschema --quiet --builtin-schema vendor.github-workflows .github/workflows/*.yml
check-jsonschema --quiet --builtin-schema vendor.github-actions action.yml
check-jsonschema --quiet --builtin-schema vendor.dependabot .github/dependabot.yml
check-jsonschema --quiet --builtin-schema vendor.gitlab-ci --data-transform gitlab-ci packaging/gitlab-ci.yml
pre-commit validate-manifest .pre-commit-hooks.yaml
for schema in schemas/json/*.json schemas/podlint.schema.json; do
  check-jsonschema --quiet --check-metaschema "$schema"
done

say "wheel"
rm -rf "$work/wheels" "$work/user"
bash packaging/wheel.sh --profile dev --out "$work/wheels" >"$work/said" 2>&1 || { cat "$work/said"; fail "no wheel"; }
wheel=$(echo "$work"/wheels/*.whl)
twine check --strict "$wheel" >"$work/said" || { cat "$work/said"; fail "an index would not show the README"; }
python3 -m venv "$work/user"
"$work/user/bin/pip" install --quiet --no-index "$wheel"
podlint=$work/user/bin/podlint
[ "$("$podlint" --version)" = "podlint $(sed -n 's/^version = "\(.*\)"/\1/p' Cargo.toml | head -n 1)" ] || fail "another version"
share=$work/user/share
grep -q '^\.TH podlint-check' "$share/man/man1/podlint-check.1" || fail "no manual page"
# The completions are what a shell sources and asks.
bash -c "source '$share/bash-completion/completions/podlint'
  COMP_WORDS=(podlint check --form) COMP_CWORD=2; _podlint podlint --form check; printf '%s\n' \"\${COMPREPLY[@]}\"" >"$work/said"
has --format
grep -q '^#compdef podlint' "$share/zsh/site-functions/_podlint" || fail "no completions for zsh"
grep -q 'complete -c podlint' "$share/fish/vendor_completions.d/podlint.fish" || fail "no completions for fish"

say "a repository with the hook"
export GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a@example.com GIT_COMMITTER_NAME=a GIT_COMMITTER_EMAIL=a@example.com
export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_SYSTEM=/dev/null
# The project as it lies here, as a repository of its own; with equal dates, equal contents have equal commits, and
# pre-commit builds the hook only when something has changed.
rm -rf "$work/project" "$work/team"
mkdir -p "$work/project" "$work/team"
git ls-files -z --cached --others --exclude-standard | while IFS= read -r -d '' file; do
  if [ -e "$file" ]; then printf '%s\0' "$file"; fi
done | tar --null --files-from=- -cf - | tar -xf - -C "$work/project"
git -C "$work/project" init -q -b main
git -C "$work/project" add -A
GIT_AUTHOR_DATE='2026-01-01T00:00:00Z' GIT_COMMITTER_DATE='2026-01-01T00:00:00Z' git -C "$work/project" commit -q -m project
revision=$(git -C "$work/project" rev-parse HEAD)

# The hook's environment is built from the sources by pip; a fast build into our own folder will do.
export PRE_COMMIT_HOME=$work/pre-commit MATURIN_PEP517_ARGS="--profile dev"
cd "$work/team"
git init -q -b main
cat >.pre-commit-config.yaml <<YAML
repos:
  - repo: $work/project
    rev: $revision
    hooks:
      - id: podlint
YAML
cp "$root/tests/packaging/template.py" template.py
pre-commit install >/dev/null
git add -A
expect 1 git commit -m "a mount of a volume that is not there"
has 'error[undefined-volume]: the pod defines no volume `dta`'
has 'template.py:10:'
git log -1 >/dev/null 2>&1 && fail "the commit went through"
expect 1 "$podlint" check
expect 0 "$podlint" check --fix
git add -A
expect 0 git commit -m "the volume that is there"
has 'Passed'

say "the fixing hook"
sed -i 's/id: podlint/id: podlint-fix/' .pre-commit-config.yaml
cp "$root/tests/packaging/template.py" template.py
git add -A
expect 1 git commit -m "again"
has 'files were modified by this hook'
git add -A
expect 0 git commit -m "again, mended"

say "the action"
cp "$root/tests/packaging/template.py" template.py
mkdir -p "$work/runner" out
# The script of action.yml, in the shell that GitHub runs it with; where there is bash 3.2, as on macOS, in that, too.
python3 - "$root/action.yml" >"$work/action-step" <<'PY'
import re, sys
print(re.search(r"^      run: (.*)$", open(sys.argv[1]).read(), re.M)[1])
PY
action() { env GITHUB_ACTION_PATH="$root" "$@" "${shell:-bash}" --noprofile --norc -eo pipefail "$work/action-step"; }
export RUNNER_TEMP=$work/runner PODLINT_BINARY=$podlint GITHUB_STEP_SUMMARY=$work/summary.md
export PODLINT_PATHS=$'template.py\n\n.' PODLINT_SARIF=out/podlint.sarif PODLINT_ARGS=$'--statistics\n--color\nnever\n--config\npreview = false'
for shell in bash ${BASH32:-}; do
  rm -f "$GITHUB_STEP_SUMMARY"
  expect 1 action true_is_given=1
  has '::error title=podlint%3A undefined-volume,file=template.py,line=10,'
  has '::stop-commands::podlint-'
  has '     1  undefined-volume'
  grep -qF '| error | [undefined-volume](' "$GITHUB_STEP_SUMMARY" || fail "no table in the summary"
  expect 0 action PODLINT_FAIL_ON=never
  # What is not given is not passed: the repository's configuration decides.
  printf 'fail-on = "never"\n' >podlint.toml
  expect 0 action PODLINT_PATHS= PODLINT_ARGS= PODLINT_SARIF=
  expect 1 action PODLINT_FAIL_ON=error PODLINT_PATHS= PODLINT_ARGS=
  rm podlint.toml
done
check-jsonschema --quiet --schemafile "$root/tests/formats/sarif-2.1.0-rtm.5.json" --regex-variant python out/podlint.sarif

say "what the action installs"
target=$(uname -m)-unknown-linux-musl
mkdir -p "$work/releases/v0.0.1/podlint-$target"
cp "$podlint" "$work/releases/v0.0.1/podlint-$target/podlint"
tar -czf "$work/releases/v0.0.1/podlint-$target.tar.gz" -C "$work/releases/v0.0.1" "podlint-$target"
(cd "$work/releases/v0.0.1" && sha256sum -- *.tar.gz >SHA256SUMS)
export PODLINT_RELEASES=file://$work/releases
expect 0 bash "$root/packaging/install.sh" 0.0.1 "$work/installed"
has "$work/installed/podlint-$target/podlint"
expect 2 env PODLINT_SHA256=0000 bash "$root/packaging/install.sh" 0.0.1 "$work/installed"
has 'the checksum of'
expect 2 bash "$root/packaging/install.sh" 0.0.2 "$work/installed"
has 'cannot download'

say "what GitLab's job runs"
python3 - "$root/packaging/gitlab-ci.yml" >"$work/job" <<'PY'
import re, sys
script = re.search(r"  script:\n    - \|\n((?:      .*\n)+)", open(sys.argv[1]).read())[1]
print(re.sub(r"^      ", "", script, flags=re.M))
PY
for shell in sh bash; do
  expect 1 env PATH="$work/user/bin:$PATH" PODLINT_PATHS=. PODLINT_ARGS=$'--config\npreview = false' "$shell" -eu "$work/job"
  expect 1 env PATH="$work/user/bin:$PATH" PODLINT_PATHS= PODLINT_ARGS= "$shell" -eu "$work/job"
done
python3 - <<'PY'
import json, xml.etree.ElementTree as xml
[issue] = json.load(open("podlint-code-quality.json"))
assert issue["location"] == {"path": "template.py", "lines": {"begin": 10, "end": 10}}, issue
assert xml.parse("podlint-junit.xml").getroot().get("failures") == "1"
PY
say "packages work"
