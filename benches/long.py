#!/usr/bin/env python3
"""Measures `podlint check` on long generated modules.

usage: benches/long.py [--podlint BINARY] [--runs N] [--lines N]

Prints the processor time for workflow modules in the style of flyte and of flytekit, and for modules of distinct conditions, which
are doubled to show the growth. Exit code 1 when a workflow module takes more than 150 ms, or twice the conditions more than 2.5 times
as long.
"""

import argparse
import os
import pathlib
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
MODULE, GROWTH = 150, 2.5

BODY = [
    '    """Does a step."""',
    "    total = 0",
    "    for item in range(a):",
    "        if item > 3:",
    "            total += item",
    "        else:",
    "            total -= 1",
    "    path = f'{b}/{total}'",
    "    result = {'path': path, 'total': total}",
    "    return str(result)",
    "",
    "",
]
CONTAINER = "V1Container(name='primary', resources=V1ResourceRequirements(requests={'cpu': '1', 'memory': '1Gi'}))"


def flyte(lines):
    """Many tasks of two environments, one of them with a template."""
    text = [
        "import flyte",
        "from kubernetes.client import V1Container, V1PodSpec, V1ResourceRequirements",
        "",
        f"template = flyte.PodTemplate(pod_spec=V1PodSpec(containers=[{CONTAINER}]))",
        "env = flyte.TaskEnvironment(name='main', resources=flyte.Resources(cpu=1, memory='1Gi'))",
        "pods = flyte.TaskEnvironment(name='pods', pod_template=template)",
        "",
    ]
    number = 0
    while len(text) < lines:
        environment = "pods" if number % 50 == 0 else "env"
        text += [f"@{environment}.task(retries=3)", f"async def step_{number}(a: int, b: str = 'x') -> str:", *BODY]
        number += 1
    return "\n".join(text)


def flytekit(lines):
    """Many tasks with resources, one in fifty with a template, and workflows of them."""
    text = [
        "from flytekit import PodTemplate, Resources, task, workflow",
        "from kubernetes.client import V1Container, V1PodSpec, V1ResourceRequirements",
        "",
        f"template = PodTemplate(pod_spec=V1PodSpec(containers=[{CONTAINER}]))",
        "",
    ]
    number = 0
    while len(text) < lines:
        template = ", pod_template=template" if number % 50 == 0 else ""
        resources = f"requests=Resources(cpu='2', mem='{number % 9 + 1}Gi'), limits=Resources(cpu='4', mem='16Gi')"
        text += [f"@task({resources}, retries=2{template})", f"def step_{number}(a: int, b: str = 'x') -> str:", *BODY]
        if number % 40 == 39:
            steps = [f"    r{index} = step_{index}(a=a)" for index in range(number - 39, number)]
            text += ["@workflow", f"def flow_{number}(a: int = 3) -> str:", *steps, f"    return r{number - 1}", "", ""]
        number += 1
    return "\n".join(text)


def conditions(count):
    """Distinct tests that only running decides, each with a variable of its own."""
    text = ["import os", "import flyte"]
    for number in range(count):
        text += [f"if os.environ.get('A{number}'):", f"    v{number} = 'a'", "else:", f"    v{number} = 'b'"]
    return "\n".join([*text, f"template = flyte.PodTemplate(labels={{'a': v0, 'b': v{count - 1}}})"])


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--podlint", default=str(ROOT / "target/release/podlint"))
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--lines", type=int, default=9000)
    return parser.parse_args()


def main():
    options = arguments()
    podlint = str(pathlib.Path(options.podlint).resolve())
    with tempfile.TemporaryDirectory() as folder:

        def measured(name, text):
            pathlib.Path(folder, "module.py").write_text(text + "\n")
            time = min(processor_time(podlint, folder) for _ in range(options.runs))
            print(f"{name:32} {len(text.splitlines()):6} lines {time:6.0f} ms", flush=True)
            return time

        modules = [measured(style.__name__, style(options.lines)) for style in (flyte, flytekit)]
        single, double = (measured(f"{count} conditions", conditions(count)) for count in (800, 1600))
    print(f"twice the conditions take {double / single:.2f} times as long (at most {GROWTH})")
    sys.exit(max(modules) > MODULE or double / single > GROWTH)


def processor_time(podlint, folder):
    """The processor time of a check in milliseconds."""
    command = [podlint, "check", "--isolated", "--quiet", "--fail-on", "never", "module.py"]
    process = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit(f"podlint ends with {process.returncode}")
    return 1000 * (usage.ru_utime + usage.ru_stime)


if __name__ == "__main__":
    main()
