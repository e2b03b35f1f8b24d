"""Inputs that are meant to harm: each ends soon, in little memory, with the right answer.

    python3 tests/hostile/run.py target/release/podlint [--seconds 2] [--megabytes 300] [NAME…]

Only the standard library is needed; PyYAML, where it is there, reads what `render` prints. Each case is a function with a folder of its own.
"""

import argparse
import json
import os
import resource
import stat
import subprocess
import sys
import tempfile
from pathlib import Path

MANIFEST = """apiVersion: v1
kind: Pod
metadata: {name: train}
spec:
  containers:
    - name: train
      image: ghcr.io/acme/train:1.0.0
      volumeMounts:
        - {name: dta, mountPath: /data}
  volumes:
    - name: data
      emptyDir: {}
"""
HEAD = "import flyte\nfrom kubernetes.client import *\n"
CASES = []


def case(function):
    CASES.append(function)
    return function


class Box:
    """A folder, and podlint in it under limits."""

    def __init__(self, options, folder):
        self.options, self.folder, self.worst = options, Path(folder), (0.0, 0.0)

    def write(self, name, content):
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    def run(self, *arguments, cwd=".", stdout=subprocess.PIPE, env=None):
        # Processor time: others may have the machine. What waits for ever is ended by the clock.
        started = resource.getrusage(resource.RUSAGE_CHILDREN)
        process = subprocess.Popen(
            [self.options.podlint, *map(str, arguments)],
            cwd=self.folder / cwd,
            stdin=subprocess.DEVNULL,
            stdout=stdout,
            stderr=subprocess.PIPE,
            env={**os.environ, **(env or {})},
        )
        try:
            out, err = process.communicate(timeout=self.options.seconds * 10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
            raise AssertionError(f"no end after {self.options.seconds * 10} s") from None
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        seconds = used.ru_utime + used.ru_stime - started.ru_utime - started.ru_stime
        megabytes = used.ru_maxrss / 1024
        self.worst = (max(self.worst[0], seconds), max(self.worst[1], megabytes))
        assert process.returncode in (0, 1, 2), f"ended with {process.returncode}: {err[-300:]!r}"
        assert b"panicked" not in err, err.decode(errors="replace")[-600:]
        return process.returncode, (out or b"").decode(errors="replace"), err.decode(errors="replace")

    def findings(self, *arguments, **options):
        code, out, err = self.run("check", "--format", "json", *arguments, **options)
        return code, json.loads(out)["findings"], err

    def rules(self, *arguments, **options):
        return sorted({found["rule"] for found in self.findings(*arguments, **options)[1]})


def template(body, lines=""):
    return f"{HEAD}{lines}template = flyte.PodTemplate(pod_spec=V1PodSpec(containers=[{body}]))\n"


# --- what hangs, and what is too much -----------------------------------------------------------------------------------


@case
def a_step_of_zero(box):
    box.write("bad.py", template("V1Container(name='primary')", "for i in range(0, 5, 0): pass\n"))
    box.write("other.yaml", MANIFEST)
    assert "undefined-volume" in box.rules("."), "the other file is reported"


@case
def a_list_times_a_trillion(box):
    box.write("bad.py", template("V1Container(name='primary', args=x)", "x = [] * 1000000000000\ny = ['a'] * 10 ** 12\n"))
    box.rules(".")


@case
def limits_of_a_stranger_have_a_ceiling(box):
    box.write("podlint.toml", "[limits]\nsteps = 1000000000000\nalias-nodes = 1000000000000\n")
    box.write("bad.py", template("V1Container(name='primary')", "x = 0\nwhile x < 10 ** 12:\n    x += 1\n"))
    box.findings(".")
    box.findings(".", "--untrusted")


@case
def flow_pairs_without_keys(box):
    box.write("bad.yaml", "kind: Pod\nspec:\n  containers: [" + ": ," * 60_000 + "]\n")
    assert "syntax-error" in box.rules("bad.yaml")
    box.write("worse.yaml", "kind: Pod\nspec:\n  containers: [" + ": ," * 100_000 + "]\n")
    assert box.rules("worse.yaml") == ["limit-exceeded"]


@case
def flow_pairs_in_a_single_list(box):
    box.write("bad.yaml", "# containers\n[" + ": ," * 100_000 + "]\n")
    box.rules("bad.yaml")


@case
def a_map_of_a_million_items(box):
    box.write("bad.yaml", "kind: Pod\nspec: {" + ",".join(f"a{i}" for i in range(1_500_000)) + "}\n")
    assert box.rules("bad.yaml") == ["limit-exceeded"]


@case
def a_list_of_a_million_items(box):
    box.write("bad.json", '{"kind": "Pod", "spec": [' + "1," * 3_000_000 + "1]}")
    assert box.rules("bad.json") == ["limit-exceeded"]


@case
def twenty_thousand_patterns(box):
    box.write("podlint.toml", "exclude = [" + ",".join(f'"*a{i}*b"' for i in range(20_000)) + "]\n")
    box.write("pod.yaml", MANIFEST)
    assert "invalid-configuration" in box.rules(".")


@case
def twenty_thousand_overrides(box):
    box.write("podlint.toml", "".join(f'[[overrides]]\npaths = ["a{i}*"]\nignore = []\n' for i in range(20_000)))
    box.write("pod.yaml", MANIFEST)
    assert "invalid-configuration" in box.rules(".")


GROWING = {
    "yaml": {
        "pairs": lambda n: "kind: Pod\nspec:\n  containers: [" + ": ," * n + "]\n",
        "items": lambda n: "kind: Pod\nspec: {a: [" + "1," * n + "]}\n",
        "keys": lambda n: "kind: Pod\nspec: {" + ",".join(f"a{i}: 1" for i in range(n)) + "}\n",
        "documents": lambda n: MANIFEST + "---\na: b\n" * n,
        "mounts": lambda n: MANIFEST.replace("  volumes:", "".join(f"        - {{name: d{i}, mountPath: /d{i}}}\n" for i in range(n // 20)) + "  volumes:"),
        "volumes": lambda n: MANIFEST + "".join(f"    - {{name: d{i}, emptyDir: {{}}}}\n" for i in range(n // 20)),
    },
    "toml": {
        "patterns": lambda n: "exclude = [" + ",".join(f'"a{i}"' for i in range(n // 100)) + "]\n",
        "overrides": lambda n: "".join(f'[[overrides]]\npaths = ["a{i}*"]\nignore = []\n' for i in range(n // 200)),
    },
}


@case
def twice_the_input_takes_twice_the_time(box):
    """At most 2.5 times; the least of three runs, without what a start takes."""
    box.write("pod.yaml", MANIFEST)

    def cost(kind, text):
        name = box.write("podlint.toml" if kind == "toml" else f"case.{kind}", text)
        least = float("inf")
        for _ in range(3):
            before = resource.getrusage(resource.RUSAGE_CHILDREN)
            box.run("check", "pod.yaml" if kind == "toml" else name, "--format", "concise")
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
            least = min(least, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
        name.unlink()
        return least

    for kind, cases in GROWING.items():
        for name, text in cases.items():
            start = cost(kind, text(20))
            once, twice = cost(kind, text(40_000)), cost(kind, text(80_000))
            # What takes no time at all cannot be told from noise.
            allowed = 2.5 * max(once - start, 0.02)
            assert twice - start <= allowed, f"{name}: {start:.3f} s, {once:.3f} s, {twice:.3f} s"


# --- what lies outside ----------------------------------------------------------------------------------------------------


@case
def a_configuration_extends_the_environment(box):
    box.write("podlint.toml", 'extend = "/proc/self/environ"\n')
    box.write("pod.yaml", MANIFEST)
    for format in ("full", "json", "concise"):
        _, out, err = box.run("check", ".", "--format", format, env={"PASSWORD": "hunter2"})
        assert "hunter2" not in out + err
    assert "invalid-configuration" in box.rules(".")


@case
def a_program_loads_what_lies_outside(box):
    box.write("secret.json", '{"image": "hunter2"}')
    for load in ("json.load(open('../secret.json'))", "yaml.safe_load(open('../secret.json'))"):
        code = template("V1Container(name='primary', image=x['image'] + '!')", f"import json, yaml\nx = {load}\n")
        box.write("project/pod.py", code)
        for arguments in (("check", "."), ("render", "pod.py"), ("check", ".", "--format", "json")):
            _, out, err = box.run(*arguments, cwd="project")
            assert "hunter2" not in out + err, arguments


@case
def links_lead_out_of_the_project(box):
    box.write("netrc", "kind: Pod\nspec: {containers: hunter2}\n")
    box.write("project/pod.yaml", MANIFEST)
    (box.folder / "project/x.yaml").symlink_to("../netrc")
    (box.folder / "project/podlint.toml").symlink_to("../netrc")
    _, out, err = box.run("check", ".", cwd="project")
    assert "hunter2" not in out + err
    assert "hunter2" in box.run("check", "x.yaml", "--isolated", cwd="project")[1], "what is named is read"


@case
def a_module_lies_outside(box):
    box.write("secret.py", "IMAGE = 'hunter2!'\n")
    box.write("project/app/pod.py", HEAD + "from ...secret import IMAGE\n" + template("V1Container(name='primary', image=IMAGE)"))
    (box.folder / "project/.git").mkdir()
    assert "hunter2" not in "".join(box.run("render", "app/pod.py", cwd="project")[1:])


@case
def policies_are_everywhere(box):
    box.write("project/podlint.toml", 'policies = ["/**", "../*.yaml"]\ntemplates = ["/etc/**"]\nbaseline = "/etc/passwd"\n')
    box.write("project/pod.yaml", MANIFEST)
    code, out, err = box.run("check", ".", cwd="project")
    assert code == 2 and "outside the project" in out + err and "root:" not in out + err


@case
def patterns_of_git_are_no_file(box):
    box.write("pod.yaml", MANIFEST)
    (box.folder / ".gitignore").symlink_to("/dev/zero")
    box.write("sub/pod.yaml", MANIFEST)
    os.mkfifo(box.folder / "sub/.ignore")
    assert "undefined-volume" in box.rules(".")


@case
def pipes_in_the_place_of_files(box):
    box.write("pod.yaml", MANIFEST)
    for name in ("baseline.json", "requirements.txt", "pyproject.toml", "pipe.yaml", "kustomization.yaml"):
        os.mkfifo(box.folder / name)
    assert box.run("check", ".", "--baseline", "baseline.json")[0] == 2
    box.write("podlint.toml", 'baseline = "baseline.json"\n')
    assert box.run("check", ".")[0] == 2
    assert box.run("check", "pipe.yaml")[0] == 2


# --- encodings ------------------------------------------------------------------------------------------------------------


@case
def what_does_not_speak_of_templates_needs_no_encoding(box):
    box.write("latin.py", b"# caf\xe9\nx = '\xe9'\n")
    box.write("wide.yaml", "a: b\n".encode("utf-16"))
    box.write("binary.json", bytes(range(256)) * 10)
    assert box.findings(".")[:2] == (0, [])


@case
def what_mentions_templates_is_one_finding(box):
    box.write("latin.yaml", b"kind: PodTemplate # \xe9\n")
    box.write("wide.yaml", "kind: PodTemplate\n".encode("utf-16"))
    box.write("undeclared.py", b"# PodTemplate \xe9\n")
    found = box.findings(".")[1]
    assert [one["rule"] for one in found] == ["unreadable-text"] * 3, found


@case
def bytes_of_another_encoding_are_not_taken_for_utf_8(box):
    code = "# -*- coding: cp1251 -*-\n" + template("V1Container(name='primary', image='é:1')")
    box.write("declared.py", code)
    assert box.rules("declared.py") == ["unreadable-text"]


@case
def a_declared_encoding_is_read(box):
    code = "# -*- coding: latin-1 -*-\n" + template("V1Container(name='primary', image='é:1')")
    box.write("declared.py", code.encode("latin-1"))
    assert "unreadable-text" not in box.rules(".")


# --- output ---------------------------------------------------------------------------------------------------------------


@case
def names_and_values_do_nothing(box):
    name = "a\n::error::x\x1b[31m\u202e\u2028.py"
    box.write(name, template("V1Container(name='primary', image=f'{x}\\u2028\\x1b', imag='a')", "import os\nx = os.environ['A\x85B']\n"))
    for arguments in (("render", name), *(("check", ".", "--format", format) for format in ("github", "azure", "concise", "full"))):
        _, out, err = box.run(*arguments)
        for character in "\x1b\u202e\u2028\x85":
            assert character not in out + err, (arguments, character)
        assert "\n::error::x" not in out, arguments


@case
def names_of_a_cluster_do_nothing(box):
    name = "n\x1b[31m\u202e\u2028\x85\n::error::x"
    node = {"kind": "Node", "metadata": {"name": name, "labels": {name: name}}, "status": {"allocatable": {"cpu": "1", name: "1"}}}
    box.write("raw.json", json.dumps({"apiVersion": "v1", "kind": "List", "items": [{"apiVersion": "v1", "spec": {}, **node}]}))
    box.write("pod.yaml", MANIFEST.replace("spec:", "spec:\n  nodeSelector: {a: b}", 1))
    cluster = ("--cluster", "raw.json")
    for arguments in (("cluster", "snapshot", "raw.json"), ("cluster", "show", "raw.json"), ("render", "pod.yaml", *cluster), ("check", ".", *cluster)):
        _, out, err = box.run(*arguments)
        assert "[31m" in out, arguments
        for character in "\x1b\u202e\u2028\x85":
            assert character not in out + err, (arguments, character)
        assert "\n::error::x" not in out, arguments
    for path in ("/dev/zero", "/dev/urandom"):
        assert box.run("cluster", "show", path)[0] == 2


@case
def what_render_prints_is_yaml(box):
    try:
        import yaml
    except ImportError:
        return
    texts = ["a\x7fb", "a\x85b", "a\ufffeb", "\ufeffa", "a\u2028b", "\x9f", "null", "1e3", "0x1f", "=", "12:30", "é", "😀", "a: b", "- a", "#"]
    env = ", ".join(f"V1EnvVar(name='V{i}', value={text!r})" for i, text in enumerate(texts))
    box.write("pod.py", template(f"V1Container(name='primary', env=[{env}])").replace("\ufeff", "\\ufeff"))
    _, out, _ = box.run("render", "pod.py")
    pod = next(iter(yaml.safe_load_all(out)))
    assert [one["value"] for one in pod["spec"]["containers"][0]["env"]] == texts
    box.write("pod.yaml", MANIFEST)
    lines = box.run("render", "pod.yaml")[1].splitlines()
    assert sum(line.startswith(("kind:", "apiVersion:")) for line in lines) == 2, "no key is there twice"


@case
def a_full_device_is_no_success(box):
    for arguments in (("--help",), ("--version",), ("check", "--help"), ("rules",)):
        with open("/dev/full", "wb") as full:
            assert box.run(*arguments, stdout=full)[0] != 0, arguments


# --- fixes ----------------------------------------------------------------------------------------------------------------


def fixed(box, name, text, *options):
    path = box.write(name, text)
    box.run("check", "--fix", *options, name)
    return path.read_bytes().decode()


@case
def only_literals_are_quoted(box):
    lines = "import os\nGPUS = 8\n"
    code = template("V1Container(name='primary', env=[V1EnvVar(name='A', value=96 // GPUS)])", lines)
    assert fixed(box, "a.py", code) == code
    assert "value=str(96 // GPUS)" in fixed(box, "a.py", code, "--unsafe-fixes")
    code = template("V1Container(name='primary', env=[V1EnvVar(name='A', value=96), V1EnvVar(name='B', value=True)])")
    assert "value=\"96\"" in fixed(box, "b.py", code).replace("'", '"')


@case
def line_ends_stay(box):
    text = fixed(box, "pod.yaml", MANIFEST.replace("\n", "\r\n"))
    assert text == MANIFEST.replace("dta", "data").replace("\n", "\r\n")


@case
def strings_of_all_kinds_are_mended(box):
    for literal in ("r'dta'", "u'dta'", "'''dta'''", '"""dta"""', 'R"dta"'):
        body = f"V1Container(name='primary', volume_mounts=[V1VolumeMount(name={literal}, mount_path='/data')])"
        code = f"{HEAD}t = flyte.PodTemplate(pod_spec=V1PodSpec(containers=[{body}], volumes=[V1Volume(name='data', empty_dir={{}})]))\n"
        text = fixed(box, "a.py", code)
        assert "dta" not in text, (literal, text)
        compile(text, "a.py", "exec")


@case
def repeated_keywords_are_a_syntax_error(box):
    box.write("a.py", template("V1Container(name='primary', name='primary')"))
    assert "syntax-error" in box.rules("a.py")
    text = fixed(box, "b.py", template("V1Container(name='primary', imagee='a:1', imag='b:1')"), "--unsafe-fixes")
    compile(text, "b.py", "exec")


@case
def a_module_that_is_fixed_and_imported(box):
    mount = "def mounts():\n    return [V1VolumeMount(name='dta', mount_path='/data')]\n"
    box.write("parts.py", f"{HEAD}{mount}volumes = [V1Volume(name='data', empty_dir={{}})]\n" + template("V1Container(name='primary', volume_mounts=mounts())").replace("]))", "], volumes=volumes))"))
    box.write("main.py", f"{HEAD}from parts import mounts, volumes\nt = flyte.PodTemplate(pod_spec=V1PodSpec(containers=[V1Container(name='primary', volume_mounts=mounts())], volumes=volumes))\n")
    code, out, err = box.run("check", "--fix", ".")
    assert code == 0 and "dta" not in (box.folder / "parts.py").read_text(), out + err
    assert "fixed[undefined-volume]" in out


@case
def links_that_were_not_asked_for_are_left_alone(box):
    outside = box.write("other/pod.yaml", MANIFEST)
    (box.folder / "asked").mkdir()
    (box.folder / ".git").mkdir()
    (box.folder / "asked/pod.yaml").symlink_to("../other/pod.yaml")
    _, _, err = box.run("check", "--fix", "asked")
    assert outside.read_text() == MANIFEST and "cannot fix" in err, err


@case
def owner_mode_and_hard_links(box):
    path = box.write("pod.yaml", MANIFEST)
    path.chmod(0o640)
    if os.getuid() == 0:
        os.chown(path, 12345, 12345)
    box.run("check", "--fix", ".")
    now = path.stat()
    assert stat.S_IMODE(now.st_mode) == 0o640 and (os.getuid() != 0 or now.st_uid == 12345), now
    path = box.write("linked.yaml", MANIFEST)
    os.link(path, box.folder / "twin.yml")
    _, _, err = box.run("check", "--fix", "linked.yaml")
    assert path.read_text() == MANIFEST and "hard links" in err, err


@case
def temporary_files_of_killed_runs_go(box):
    box.write("pod.yaml", MANIFEST)
    left = box.write(".podlint-4194999-abcdef.tmp", "x")
    box.run("check", ".")
    assert left.exists(), "check writes nothing"
    box.run("check", "--fix", ".")
    assert not left.exists()


@case
def strangers_do_not_decide(box):
    box.write("podlint.toml", 'ignore = ["undefined-volume"]\nfail-on = "never"\n[rules]\nunused-volume = "error"\n')
    box.write("pod.yaml", MANIFEST)
    assert box.run("check", ".")[0] == 0
    code, found, _ = box.findings(".", "--untrusted")
    assert code == 1 and "undefined-volume" in {one["rule"] for one in found}


@case
def the_program_can_be_loaded_anywhere(box):
    try:
        told = subprocess.run(["readelf", "-hld", box.options.podlint], capture_output=True, text=True, check=True).stdout
    except (FileNotFoundError, subprocess.CalledProcessError):
        return
    assert "DYN (" in told and "GNU_RELRO" in told and "NOW" in told


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("podlint", type=os.path.abspath)
    parser.add_argument("--seconds", type=float, default=2)
    parser.add_argument("--megabytes", type=float, default=300)
    parser.add_argument("names", nargs="*")
    options = parser.parse_intermixed_args()
    failed = 0
    for function in CASES:
        if options.names and function.__name__ not in options.names:
            continue
        # In a process of its own, so that memory is that of its runs.
        child = os.fork()
        if child == 0:
            with tempfile.TemporaryDirectory() as folder:
                box = Box(options, folder)
                try:
                    function(box)
                    seconds, megabytes = box.worst
                    assert seconds <= options.seconds, f"took {seconds:.1f} s"
                    assert megabytes <= options.megabytes, f"took {megabytes:.0f} MB"
                    print(f"ok    {function.__name__} ({seconds:.2f} s, {megabytes:.0f} MB)", flush=True)
                    code = 0
                except Exception as error:  # noqa: BLE001, whatever it is, the case failed
                    print(f"FAIL  {function.__name__}: {type(error).__name__} {error}"[:1500], flush=True)
                    code = 1
            os._exit(code)
        failed += os.waitpid(child, 0)[1] != 0
    print(f"{failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
