"""Goes the ways of new users with a fresh HOME: every command of README.md and docs/ci.md, as printed. See README.md beside this file."""

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGES = ["README.md", "docs/ci.md"]
LSP = '{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"processId":null,"rootUri":null,"capabilities":{}}}'
REST = ['{"jsonrpc":"2.0","method":"initialized","params":{}}', '{"jsonrpc":"2.0","id":2,"method":"shutdown"}', '{"jsonrpc":"2.0","method":"exit"}']
BAD = """apiVersion: v1
kind: PodTemplate
metadata: {name: training}
template:
  spec:
    containers:
      - name: default
        image: ghcr.io/acme/train:1.0
        volumeMounts: [{name: dta, mountPath: /data}]
    volumes: [{name: data, emptyDir: {}}]
"""


def commands(page):
    """The commands of a page: lines with `$` in blocks of a console, lines of shell blocks, and scripts of CI jobs."""
    text = (ROOT / page).read_text()
    for language, block in re.findall(r"^```(\w+)\n(.*?)^```", text, flags=re.MULTILINE | re.DOTALL):
        for line in block.splitlines():
            if language == "console" and line.startswith("$ "):
                yield re.split(r"\s{2,}# ", line[2:])[0].strip()
            elif language == "sh" and line.strip():
                yield line.strip()
            elif language == "yaml" and (found := re.match(r"\s+(?:- )?((?:pip|podlint) .+)", line)):
                yield found[1]


class Ways:
    def __init__(self, arguments):
        self.arguments = arguments
        self.work = Path(tempfile.mkdtemp(prefix="podlint-adoption-"))
        self.failures = []
        home = self.work / "home"
        home.mkdir()
        kept = {name: os.environ[name] for name in ("LANG", "RUSTUP_HOME", "CARGO_HOME") if name in os.environ}
        # Toolchains are what README asks for beforehand; all else of the user is new.
        kept.setdefault("RUSTUP_HOME", str(Path.home() / ".rustup"))
        kept.setdefault("CARGO_HOME", str(Path.home() / ".cargo"))
        self.environment = kept | {
            "HOME": str(home),
            "PATH": f"{self.work}/venv/bin:{self.work}/stand-ins:{kept['CARGO_HOME']}/bin:{os.environ['PATH']}",
            "PIP_DISABLE_PIP_VERSION_CHECK": "1",
            "GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@example.com",
            "GIT_COMMITTER_NAME": "a", "GIT_COMMITTER_EMAIL": "a@example.com",
        }

    def run(self, command, folder, text="", **more):
        return subprocess.run(
            ["bash", "-c", command], cwd=folder, input=text, env=self.environment | more, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False,
        )

    def check(self, what, result, outcome, folder):
        wrong = []
        if result.returncode != outcome["exit"]:
            wrong.append(f"exit code {result.returncode}, not {outcome['exit']}")
        if outcome.get("says", "") not in result.stdout:
            wrong.append(f"does not say {outcome['says']!r}")
        if "wrote" in outcome and not (folder / outcome["wrote"]).exists():
            wrong.append(f"did not write {outcome['wrote']}")
        print(f"{'FAILED' if wrong else 'ok    '}  {what}" + (f": {'; '.join(wrong)}" if wrong else ""))
        if wrong:
            self.failures.append(what)
            print(re.sub(r"^", "        ", result.stdout[-2000:], flags=re.MULTILINE))

    def install(self):
        """The package, from a folder that stands in for the index."""
        index = self.work / "index"
        index.mkdir()
        wheel = self.arguments.wheel
        if wheel is None:
            subprocess.run(["bash", "packaging/wheel.sh", "--profile", "dev", "--out", str(index)], cwd=ROOT, check=True)
        else:
            shutil.copy(wheel, index)
        self.environment |= {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(index)}
        subprocess.run([sys.executable, "-m", "venv", str(self.work / "venv")], check=True)
        self.check("pip install podlint", self.run("pip install --quiet podlint", self.work), {"exit": 0}, self.work)

    def places(self):
        """An ML project, a platform's repository, and a checkout."""
        ml, platform, checkout = (self.work / name for name in ("ml", "platform", "checkout"))
        ml.mkdir()
        (ml / "train.py").write_text((ROOT / "tests/packaging/template.py").read_text())
        platform.mkdir()
        (platform / "template.yaml").write_text(BAD)
        (platform / "podlint.toml").write_text('ignore = ["unused-volume"]\n')
        stand_ins = self.work / "stand-ins"
        stand_ins.mkdir()
        (stand_ins / "rendered.yaml").write_text(BAD)
        for name in ("helm", "kubectl"):
            (stand_ins / name).write_text(f'#!/bin/sh\ncat "{stand_ins}/rendered.yaml"\n')
        (stand_ins / "reviewdog").write_text('#!/bin/sh\ngrep -q diagnostics\n')
        for file in stand_ins.iterdir():
            file.chmod(0o755)
        files = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, stdout=subprocess.PIPE, check=True).stdout.split(b"\0")
        for name in filter(None, map(os.fsdecode, files)):
            if (ROOT / name).is_file():
                (checkout / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(ROOT / name, checkout / name)
        for folder in (ml, platform, checkout):
            self.run("git init -q -b main && git add -A && git commit -qm start", folder)
        return {"ml": ml, "platform": platform, "checkout": checkout}

    def contribute(self, checkout):
        """What the tests say to an ordinary user who lacks packages: their names, and nothing of apt-get's."""
        if os.getuid() != 0:
            print("skipped what tests/all.sh says to another user: this is not run as root")
            return
        bare = self.work / "bare"
        bare.mkdir()
        for name in ("bash", "id", "dirname", "printf", "cat"):
            if found := shutil.which(name):
                (bare / name).symlink_to(found)
        self.work.chmod(0o755)
        code = f"import os; os.setgid(65534); os.setuid(65534); os.chdir({str(checkout)!r}); os.execve({str(bare / 'bash')!r}, ['bash', 'tests/all.sh', '--without-clients'], {{'PATH': {str(bare)!r}}})"
        result = subprocess.run([sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
        self.check("tests/all.sh as an ordinary user", result, {"exit": 2, "says": "sudo apt-get install gcc git python3"}, checkout)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--wheel", type=Path, help="the wheel to install; built where it is not given")
    parser.add_argument("--builds", action="store_true", help="run what builds podlint from source, too")
    ways = Ways(parser.parse_args())
    outcomes = {one["text"]: one for one in tomllib.loads((ROOT / "tests/adoption/outcomes.toml").read_text())["command"]}
    printed = list(dict.fromkeys(command for page in PAGES for command in commands(page)))
    for text in set(outcomes) - set(printed):
        ways.failures.append(text)
        print(f"FAILED  no page has the command: {text}")
    ways.install()
    places = ways.places()
    for text in printed:
        outcome = outcomes.get(text)
        if outcome is None:
            ways.failures.append(text)
            print(f"FAILED  there is no outcome for the command: {text}")
        elif "not-run" in outcome:
            print(f"not run  {text}: {outcome['not-run']}")
        elif outcome.get("builds") and not ways.arguments.builds:
            print(f"not run  {text}: it builds from source (--builds)")
        else:
            folder = places[outcome["in"]]
            bodies = [LSP, *REST] if outcome.get("input") == "lsp" else []
            text_in = "".join(f"Content-Length: {len(body)}\r\n\r\n{body}" for body in bodies)
            more = {"PIP_NO_INDEX": "0"} if outcome.get("builds") else {}
            ways.check(text, ways.run(text, folder, text_in, **more), outcome, folder)
    ways.contribute(places["checkout"])
    print(f"{len(printed)} commands, {len(ways.failures)} failures")
    shutil.rmtree(ways.work, ignore_errors=True)
    sys.exit(bool(ways.failures))


main()
