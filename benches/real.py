#!/usr/bin/env python3
"""Compares the processor time of `podlint check` with `ruff check --select F` on the Python files of real repositories.

usage: benches/real.py [--podlint BINARY] [--ruff BINARY] [--runs N] [--slowest N] FOLDER...

Prints a table with one row per folder, then the median and the worst of the ratios. Each program checks the same files, named
one by one; the smallest of N runs counts (user and system time of all threads). `--slowest N` also lists the files on which
podlint takes longest, each checked alone. Exit code 1 when the median is above 1.0 or the worst above 2.0.
"""

import argparse
import os
import pathlib
import statistics
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
MEDIAN, WORST = 1.0, 2.0


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--podlint", default=str(ROOT / "target/release/podlint"))
    parser.add_argument("--ruff", default="ruff")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--slowest", type=int, default=0)
    parser.add_argument("folders", nargs="+", type=pathlib.Path)
    return parser.parse_args()


def main():
    options = arguments()
    podlint = [str(pathlib.Path(options.podlint).resolve()), "check", "--isolated", "--quiet", "--fail-on", "never", "--format", "concise"]
    ruff = [options.ruff, "check", "--select", "F", "--no-cache", "--isolated", "--quiet"]
    width = max(len(folder.name) for folder in options.folders)
    print(f"{'repository':{width}}  files  lines   podlint      ruff  ratio")
    ratios, files_by_time = [], []
    for folder in options.folders:
        files = python_files(folder)
        if not files:
            continue
        lines = sum(len((folder / file).read_bytes().splitlines()) for file in files)
        own, other = (best(options.runs, command, folder, files) for command in (podlint, ruff))
        ratios.append(own / other)
        print(f"{folder.name:{width}}  {len(files):5}  {lines:6}  {own:6.0f} ms  {other:6.0f} ms  {own / other:5.2f}", flush=True)
        if options.slowest:
            files_by_time += [(best(2, podlint, folder, [file]), folder, file) for file in files]
    median, worst = statistics.median(ratios), max(ratios)
    print(f"median {median:.2f} (at most {MEDIAN}), worst {worst:.2f} (at most {WORST})")
    show_slowest(options, ruff, files_by_time)
    sys.exit(median > MEDIAN or worst > WORST)


def show_slowest(options, ruff, files_by_time):
    for time, folder, file in sorted(files_by_time, reverse=True)[: options.slowest]:
        other = best(2, ruff, folder, [file])
        print(f"{time:6.0f} ms, ruff {other:4.0f} ms: {folder.name}/{file}")


def python_files(folder):
    """The folder's Python files that git tracks, or all of them where there is no repository."""
    listed = subprocess.run(["git", "ls-files", "-z", "*.py"], cwd=folder, capture_output=True, text=True, check=False)
    if listed.returncode == 0 and listed.stdout:
        names = listed.stdout.rstrip("\0").split("\0")
    else:
        names = [str(path.relative_to(folder)) for path in folder.rglob("*.py")]
    return sorted(name for name in names if (folder / name).is_file() and not (folder / name).is_symlink())


def best(runs, command, folder, files):
    """The least processor time of a command in milliseconds."""
    return min(processor_time([*command, *files], folder) for _ in range(runs))


def processor_time(command, folder):
    process = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    code = os.waitstatus_to_exitcode(status)
    process.returncode = code
    if code not in (0, 1):
        sys.exit(f"{command[0]} ends with {code} in {folder}")
    return 1000 * (usage.ru_utime + usage.ru_stime)


if __name__ == "__main__":
    main()
